namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Runtime.ExceptionServices;
using static SslConstants;

/// <summary>
/// TLS over a <see cref="Wire"/>, on one loop, synchronous throughout. Writes only gather: whoever calls also flushes.
/// Owns the SSL; not the wire. Has no finalizer, which would free off the loop: whoever makes it disposes it.
/// </summary>
public sealed unsafe partial class TlsConnection : IDisposable
{
    readonly TlsContext _context;
    readonly TlsTarget? _target;
    readonly WireBio _bio;
    nint _ssl;
    bool _disposed;

    // Whom a full handshake has shown, or whom the session that is offered belongs to.
    JudgedPeer? _judged;
    JudgedPeer? _resumed;

    // OpenSSL has met a failure, told in the detail.
    bool _broken;
    string _detail = "";

    /// <summary>A connection about to shake hands.</summary>
    /// <param name="context">Its role and policy; kept alive by the connection.</param>
    /// <param name="wire">Where the octets go; closed by whoever owns it.</param>
    /// <param name="target">Whom a client expects; null on a server.</param>
    public TlsConnection(TlsContext context, Wire wire, TlsTarget? target)
    {
        if (context.IsServer != target is null)
            throw new ArgumentException("A client's handshake has a target, a server's has none.", nameof(target));
        if (target is not null)
            Verification.AssertSensible(target);
        (_context, _target) = (context, target);
        _bio = new WireBio(wire, this);
        bool held = false;
        context.Handle.DangerousAddRef(ref held);
        TlsObjects.CountConnection(1);
        try
        {
            Open();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The SSL, for tests that misbehave.</summary>
    internal nint Ssl => _ssl;

    /// <summary>Ciphertext gathered and not yet sent.</summary>
    public int Unsent => _bio.Unsent;

    /// <summary>The peer has sent octets, whatever they are.</summary>
    public bool ReceivedOctets => _bio.ReceivedOctets;

    /// <summary>
    /// A send found the peer gone: what was gathered is dropped, and what is written from now on; what the peer sent before can still be read.
    /// </summary>
    public bool SendFailed => _bio.IsSendLost;

    /// <summary>Sends what is gathered, by one send; what the wire does not take stays.</summary>
    public void Flush() => _bio.Send();

    /// <summary>Frees the SSL and what was not sent. Idempotent.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Free();
        TlsObjects.CountConnection(-1);
        _context.Handle.DangerousRelease();
    }

    void Open()
    {
        // Whatever ran on this thread before us, .NET's own use of OpenSSL included, has no say in this connection.
        ErrorQueue.Clear();
        _ssl = LibSsl.SSL_new(_context.Handle.Primary);
        if (_ssl == 0)
            throw ErrorQueue.Exception("OpenSSL makes no connection");
        nint bio = _bio.NewBio();
        // One reference, for both directions.
        LibSsl.SSL_set_bio(_ssl, bio, bio);
        if (_target is null)
            OpenServer(_context.Server!);
        else
            OpenClient(_target);
    }

    void OpenServer(TlsServerOptions server)
    {
        LibSsl.SSL_set_accept_state(_ssl);
        if (server.ClientCertificates is { } asked)
            ClientCertificateContext.Ask(_ssl, asked);
    }

    void OpenClient(TlsTarget target)
    {
        LibSsl.SSL_set_connect_state(_ssl);
        Verification.Expect(_ssl, target);
        nint session = _context.Sessions!.Take(target, out _resumed);
        if (session == 0)
            return;
        if (LibSsl.SSL_set_session(_ssl, session) != 1)
            ErrorQueue.Clear(); // then it is a full handshake
        LibSsl.SSL_SESSION_free(session);
    }

    void Free()
    {
        if (_ssl == 0)
            return;
        // A connection that ends without close_notify would take the newest session with it (SSL_free marks it not resumable); only a broken one should.
        if (!_broken)
            LibSsl.SSL_set_shutdown(_ssl, SSL_SENT_AND_RECEIVED_SHUTDOWN);
        LibSsl.SSL_free(_ssl);
        _ssl = 0;
    }

    // OpenSSL has met a failure: the queue is emptied, and the connection is not used further.
    void Break()
    {
        _broken = true;
        string texts = ErrorQueue.Take();
        _detail = _detail.Length == 0 ? texts : _detail;
    }

    void ThrowFault()
    {
        if (_bio.Fault is not { } fault)
            return;
        _bio.Fault = null;
        Break();
        ExceptionDispatchInfo.Throw(fault);
    }
}
