namespace SmtpTlsProxy.Transport.Legs;

using System.Net;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;

/// <summary>
/// One of a session's two connections, in clear or under TLS: what SMTP reads and writes. It owns the octets below it: descriptor, SSL object and
/// buffers end with it.
/// Lives on its waiter's loop; every method asserts that.
/// </summary>
public sealed partial class Leg : IAbortable
{
    readonly Wire _wire;
    readonly ScratchLoan _input;
    readonly LegOutput _output;
    TlsConnection? _tls;
    bool _closed;

    /// <summary>A leg in clear over a wire that signals <paramref name="waiter"/>.</summary>
    public Leg(Waiter waiter, Wire wire, EndPoint local, EndPoint remote)
    {
        Waiter = waiter;
        _wire = wire;
        _input = new ScratchLoan(waiter.Loop);
        _output = new LegOutput(waiter.Loop.Slabs);
        Local = local;
        Remote = remote;
        waiter.Attach(this);
    }

    /// <summary>Whom this leg signals.</summary>
    public Waiter Waiter { get; }

    /// <summary>Our end.</summary>
    public EndPoint Local { get; set; }

    /// <summary>The peer's end; a PROXY header replaces it (rule 6.8).</summary>
    public EndPoint Remote { get; set; }

    /// <summary>What the handshake found; null in clear, and after a failed one.</summary>
    public HandshakeResult? Tls { get; private set; }

    /// <summary>Octets received, as the application sees them.</summary>
    public long BytesIn { get; private set; }

    /// <summary>Octets written, as the application sees them.</summary>
    public long BytesOut { get; private set; }

    /// <summary>The peer has reset the connection: known from its edge, without a read. What was received before is gone with it.</summary>
    public bool IsReset => _wire.IsReset;

    /// <summary>The peer is known to send no more; what it sent before may still wait. Whoever looks without taking learns of the end by this alone.</summary>
    public bool PeerEnded => _wire.PeerEnded;

    /// <summary>Closed or aborted by us: reads find <see cref="ReadStatus.Lost"/>, writes are dropped.</summary>
    public bool IsClosed => _closed;

    void AssertLoop()
    {
        if (!Waiter.Loop.IsCurrent)
            throw new InvalidOperationException("A leg was used off its loop.");
    }
}
