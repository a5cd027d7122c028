namespace SmtpTlsProxy.Transport.Sockets;

using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;

/// <summary>
/// Kestrel's way to our loops: it asks the registered factories, the last one first, and this one takes a <see cref="LoopEndPoint"/> alone.
/// </summary>
public sealed class LoopListenerFactory(LoopGroup loops) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    readonly ConcurrentBag<LoopListener> _listeners = [];

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is LoopEndPoint;

    /// <summary>Listens at once; accepting begins on the loop.</summary>
    /// <exception cref="AddressInUseException">Somebody else listens there.</exception>
    /// <exception cref="IOException">The address is not this machine's, or not this user's to bind.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        LoopListener listener = LoopListener.Bind((LoopEndPoint)endpoint, loops);
        _listeners.Add(listener);
        return ValueTask.FromResult<IConnectionListener>(listener);
    }

    /// <summary>Closes all listeners, ahead of Kestrel: a drain begins so (rule 6.4). Connections that stand are not touched.</summary>
    public Task UnbindAllAsync() => Task.WhenAll(_listeners.Select(listener => listener.UnbindAsync().AsTask()));
}
