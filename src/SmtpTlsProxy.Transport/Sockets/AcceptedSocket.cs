namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;

/// <summary>A connection that was accepted and that nobody reads yet. Whoever takes it owns the descriptor: attach a wire to it, or close it.</summary>
/// <param name="Descriptor">Non-blocking, not inherited, TCP_NODELAY set.</param>
/// <param name="Local">Our end; the listening end point for a unix socket.</param>
/// <param name="Remote">The peer; the listening end point for a unix socket, whose peers have no name.</param>
public readonly record struct AcceptedSocket(int Descriptor, EndPoint Local, EndPoint Remote)
{
    /// <summary>Closes a connection that nobody took.</summary>
    public void Close() => Libc.close(Descriptor);
}
