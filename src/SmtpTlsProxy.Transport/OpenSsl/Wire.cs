namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>
/// The octets below a leg: a socket, or memory in tests. The one seam between legs and the system, under clear text and under OpenSSL's BIO alike.
/// Used by its loop only.
/// </summary>
public abstract class Wire
{
    /// <summary>Answer of <see cref="Receive"/> and <see cref="Send"/>: nothing can be had now; an edge will come.</summary>
    public const int WouldBlock = -1;

    /// <summary>Answer of <see cref="Receive"/> and <see cref="Send"/>: the peer is gone (reset or another error).</summary>
    public const int Lost = -2;

    /// <summary>
    /// Receives into <paramref name="into"/> (not empty): octets received, 0 at the peer's FIN, <see cref="WouldBlock"/> or <see cref="Lost"/>.
    /// </summary>
    public abstract int Receive(Span<byte> into);

    /// <summary>Sends from <paramref name="octets"/> (not empty): octets taken, which may be fewer, <see cref="WouldBlock"/> or <see cref="Lost"/>.</summary>
    public abstract int Send(ReadOnlySpan<byte> octets);

    /// <summary>
    /// Looks at what waits without taking it: as <see cref="Receive"/>, but asks the system whatever <see cref="IsReadable"/> says, and what comes
    /// later is an edge again.
    /// </summary>
    public abstract int Peek(Span<byte> into);

    /// <summary>True while a <see cref="Receive"/> may find something: cleared by a short read, set by an edge. Costs no system call.</summary>
    public abstract bool IsReadable { get; }

    /// <summary>The peer is known to be gone, though octets that it sent before may still wait.</summary>
    public virtual bool IsReset => false;

    /// <summary>The peer is known to send no more (FIN or RST), though octets that it sent before may still wait.</summary>
    public virtual bool PeerEnded => IsReset;

    /// <summary>True while a <see cref="Send"/> may take something: cleared by a short write, set by an edge.</summary>
    public abstract bool IsWritable { get; }

    /// <summary>Ends our direction in order (FIN). Idempotent.</summary>
    public abstract void ShutdownSend();

    /// <summary>Closes; with <paramref name="reset"/> by RST. Idempotent.</summary>
    public abstract void Close(bool reset);
}
