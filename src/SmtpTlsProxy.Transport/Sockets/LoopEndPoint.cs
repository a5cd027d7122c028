namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

/// <summary>
/// Where a listener is reached. A type of its own, because it tells Kestrel to take <see cref="LoopListenerFactory"/>: plain IP endpoints in the same
/// host, as the admin ports', stay on Kestrel's own sockets. And it holds the pipeline that Kestrel builds for it, which each accepted connection runs
/// through on its loop: Kestrel itself would start each one on the pool, and the two threads to be woken cost a handshake 5 to 10 %.
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

    internal ConnectionDelegate Pipeline { get; private set; } = _ => throw new InvalidOperationException($"{nameof(RunOnLoops)} was not called.");

    internal Action<Exception> Fault { get; private set; } = static _ => { };

    /// <summary>The endpoint's outermost middleware: what it is given is the pipeline that connections run through.</summary>
    /// <param name="pipeline">All middleware behind it.</param>
    /// <param name="fault">Told what a pipeline throws, on the loop.</param>
    public ConnectionDelegate RunOnLoops(ConnectionDelegate pipeline, Action<Exception> fault)
    {
        Fault = fault;
        return Pipeline = pipeline;
    }

    /// <inheritdoc/>
    public override AddressFamily AddressFamily => Inner.AddressFamily;

    /// <inheritdoc/>
    public override string ToString() => (Bound ?? Inner).ToString()!;
}
