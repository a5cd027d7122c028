namespace SmtpTlsProxy.Transport.Sockets;

using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

/// <summary>
/// An accepted connection, as Kestrel's middleware sees it: a façade. Octets go through <see cref="Leg"/>, which exists while its endpoint's pipeline
/// runs, on the loop that was chosen for it.
/// </summary>
public sealed partial class LoopConnection : ConnectionContext
{
    static long s_last;

    readonly LoopEndPoint _at;
    readonly EpollLoop _loop;
    readonly AcceptedSocket _socket;
    readonly LoopFeatures _features = new();
    IDictionary<object, object?>? _items;
    string? _id;

    internal LoopConnection(LoopEndPoint at, EpollLoop loop, AcceptedSocket socket)
    {
        (_at, _loop, _socket) = (at, loop, socket);
        LocalEndPoint = socket.Local;
        RemoteEndPoint = socket.Remote;
    }

    /// <summary>The name of the listener that accepted it.</summary>
    public string Listener => _at.Listener;

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => _id ??= Interlocked.Increment(ref s_last).ToString("x", null);
        set => _id = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features => _features;

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <summary>There is none: whoever wants a pipe here (UseHttps does) is not made for loops.</summary>
    public override IDuplexPipe Transport
    {
        get => throw NoTransport();
        set => throw NoTransport();
    }

    static NotSupportedException NoTransport() => new($"A {nameof(LoopConnection)} has no Transport: read and write its {nameof(Leg)}, on its loop.");
}
