namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

/// <summary>
/// Where a listener is reached. A type of its own, because it tells Kestrel to take <see cref="LoopListenerFactory"/>: plain IP endpoints in the same
/// host, as the
/// admin ports', stay on Kestrel's own sockets.
/// </summary>
public sealed class LoopEndPoint : EndPoint
{
    /// <summary>
    /// Wraps an <see cref="IPEndPoint"/>, a <see cref="UnixDomainSocketEndPoint"/>, or a <see cref="FileHandleEndPoint"/> for a listening socket that
    /// was handed over.
    /// </summary>
    public LoopEndPoint(EndPoint inner, string listener, int backlog = 512)
    {
        if (inner is not (IPEndPoint or UnixDomainSocketEndPoint or FileHandleEndPoint))
            throw new ArgumentException($"{inner.GetType().Name} is not listened on", nameof(inner));
        Inner = inner;
        Listener = listener;
        Backlog = backlog;
    }

    /// <summary>The endpoint as it was asked for; its port may be 0.</summary>
    public EndPoint Inner { get; }

    /// <summary>The endpoint as it was bound, with the real port; null before.</summary>
    public EndPoint? Bound { get; internal set; }

    /// <summary>The listener's name in the configuration.</summary>
    public string Listener { get; }

    /// <summary>How many connections the kernel keeps for us to accept.</summary>
    public int Backlog { get; }

    /// <inheritdoc/>
    public override AddressFamily AddressFamily => Inner.AddressFamily;

    /// <inheritdoc/>
    public override string ToString() => (Bound ?? Inner).ToString()!;
}
