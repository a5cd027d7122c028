namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Buffers;
using static SslConstants;

public sealed unsafe partial class TlsConnection
{
    static readonly SearchValues<char> s_nameOctets = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    HandshakeOutcome _failure = HandshakeOutcome.Protocol;
    bool _isOpen;
    bool _foreignProtocols;
    string? _askedName;

    /// <summary>Goes on with the handshake as far as the octets at hand lead. 0.5 to 1.5 ms of arithmetic for some steps.</summary>
    public HandshakeStep Handshake()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_isOpen)
            return HandshakeStep.Done;
        if (_broken)
            return HandshakeStep.Failed;
        int result = LibSsl.SSL_do_handshake(_ssl);
        int error = result == 1 ? 0 : LibSsl.SSL_get_error(_ssl, result);
        ThrowFault();
        return error switch
        {
            0 => Opened(),
            SSL_ERROR_WANT_READ => Starved(),
            SSL_ERROR_WANT_WRITE => HandshakeStep.NeedsRoom,
            _ => Failed(),
        };
    }

    /// <summary>How it ended; asked once, behind <see cref="HandshakeStep.Done"/> or <see cref="HandshakeStep.Failed"/>.</summary>
    public HandshakeResult Result(TimeSpan duration) => _isOpen ? Success(duration) : Failure(_failure, duration);

    /// <summary>The result of a handshake that the caller ends: its time was up, or the peer has left.</summary>
    public HandshakeResult Abandoned(HandshakeOutcome timeoutOrClosed, TimeSpan duration) => Failure(timeoutOrClosed, duration);

    /// <summary>The name asked for (SNI); false if no certificate is for it. What cannot be a host name is not passed on: it would go into logs.</summary>
    internal bool ChooseByName(string name)
    {
        if (name.AsSpan().ContainsAnyExcept(s_nameOctets))
            return false;
        _askedName = name;
        nint context = _context.Names!.Find(name);
        return context != 0 && LibSsl.SSL_set_SSL_CTX(_ssl, context) != 0;
    }

    /// <summary>The name asked for is nobody's, and that ends the handshake.</summary>
    internal bool RefusesUnknownName()
    {
        bool refuses = _context.Server!.StrictNames;
        if (refuses)
            _detail = "no certificate has the name that was asked for";
        return refuses;
    }

    /// <summary>Protocols were offered, and none was ours (rule 3.6).</summary>
    internal void NoteForeignProtocols() => _foreignProtocols = true;

    /// <summary>A session of this connection, to be kept; false to refuse it.</summary>
    internal bool KeepSession(nint session)
    {
        if (_target is null || _context.Sessions is not { } sessions || (_judged ?? _resumed) is not { } peer)
            return false;
        sessions.Add(_target, session, peer);
        return true;
    }

    /// <summary>What is being found out about the peer.</summary>
    internal PeerEvidence? Evidence { get; set; }

    /// <summary>The peer has shown its certificate: whether it is good.</summary>
    internal bool Judge(nint store)
    {
        _judged = _target is null
            ? PeerCheck.Judge(store, Asked!.Policy, isNamed: false, _bio)
            : PeerCheck.Judge(store, _target.Policy ?? PeerPolicy.Pkix, _target.VerifyName is not null || _target.VerifyAddress is not null, _bio);
        return _judged.Verdict.IsGood || (_target is null && !Enforces);
    }

    /// <summary>What a client's ticket holds may stand for a full handshake.</summary>
    internal bool MayResume(nint session) => Asked is not { } asked || ClientCertificateContext.MayResume(session, asked);

    /// <summary>What a server's tickets are made with.</summary>
    internal TicketKeys TicketKeys => _context.Server!.Tickets!.Keys;

    /// <summary>The OCSP answer to show with the certificate that was chosen; null for none.</summary>
    internal byte[]? Staple => _context.Handle.Leaves.TryGetValue(LibSsl.SSL_get_certificate(_ssl), out TlsCertificate? shown) ? shown.Staple.Response : null;

    // How our clients are asked for certificates.
    TlsClientCertificates? Asked => _context.Server?.ClientCertificates;

    bool Enforces => _target?.Enforce ?? Asked is { IsRequired: true };

    HandshakeStep Opened()
    {
        // We offer no protocol, so a server has none to select (rule 4.7); OpenSSL refuses the extension itself.
        _isOpen = true;
        if (LibSsl.SSL_session_reused(_ssl) == 1)
            _judged ??= _resumed ?? JudgedBefore();
        return HandshakeStep.Done;
    }

    // The client's certificate out of its ticket, with what OpenSSL had found: the same policy comes to the same verdict.
    JudgedPeer? JudgedBefore()
    {
        if (Asked is not { } asked || PeerCertificate() is not { } leaf)
            return null;
        PeerEvidence evidence = new([leaf], false);
        if (LibSsl.SSL_get_verify_result(_ssl) is var error and not X509_V_OK)
            evidence.Note((int)error);
        JudgedPeer peer = new(evidence, asked.Policy.Judge(evidence));
        ErrorQueue.Clear();                                           // .NET reads certificates with OpenSSL too, on this thread
        return peer;
    }

    HandshakeStep Starved()
    {
        if (!_bio.IsAtEnd && !_bio.IsLost)
            return HandshakeStep.NeedsOctets;
        _failure = HandshakeOutcome.Closed;
        Break();
        return HandshakeStep.Failed;
    }

    HandshakeStep Failed()
    {
        if (Enforces && _judged is { Verdict: { IsGood: false } verdict })
            (_failure, _detail) = (verdict.Result, verdict.Reason);
        else if (_target is null && ErrorQueue.Begins(ERR_LIB_SSL, SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE))
            (_failure, _detail) = (HandshakeOutcome.Untrusted, "the client has shown no certificate");
        Break();
        return HandshakeStep.Failed;
    }

    HandshakeResult Failure(HandshakeOutcome outcome, TimeSpan duration) => new()
    {
        Outcome = outcome,
        Verdict = _judged?.Verdict,
        PeerChain = _judged?.Evidence.Chain ?? [],
        ServerName = _askedName,
        ForeignAlpn = _foreignProtocols,
        Detail = _detail,
        Duration = duration,
    };

    HandshakeResult Success(TimeSpan duration)
    {
        Verdict? verdict = _judged?.Verdict;
        HandshakeResult result = new()
        {
            // OpenSSL has ended the handshake already where this is not Ok; it is not left to that alone.
            Outcome = Enforces ? verdict?.Result ?? HandshakeOutcome.Untrusted : HandshakeOutcome.Ok,
            Verdict = verdict,
            IsVerified = verdict is { IsGood: true },
            PeerChain = _judged?.Evidence.Chain ?? [],
            Version = AgreedNames.Of(LibSsl.SSL_get_version(_ssl)),
            Cipher = AgreedNames.Of(LibSsl.SSL_CIPHER_standard_name(LibSsl.SSL_get_current_cipher(_ssl))),
            Group = Group(),
            Resumed = LibSsl.SSL_session_reused(_ssl) == 1,
            ServerName = _target is null ? _askedName : _target.ServerName,
            ForeignAlpn = _foreignProtocols,
            PeerCertificate = _judged?.Evidence.Leaf ?? PeerCertificate(),
            PeerName = _target is null && verdict is { IsGood: true } ? PeerNames.Of(_judged!.Evidence.Leaf.Span).First : null,
            Duration = duration,
        };
        ErrorQueue.Clear();                                           // of what .NET, reading names, may have left
        return result;
    }

    ReadOnlyMemory<byte>? PeerCertificate()
    {
        byte[]? der = Der.OfCertificate(LibSsl.SSL_get0_peer_certificate(_ssl));
        return der is null ? default(ReadOnlyMemory<byte>?) : der;
    }

    string Group()
    {
        nint id = LibSsl.SSL_ctrl(_ssl, SSL_CTRL_GET_NEGOTIATED_GROUP, 0, null);
        return id == 0 ? "" : AgreedNames.Of(LibSsl.SSL_group_to_name(_ssl, (int)id));
    }
}
