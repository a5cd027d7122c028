using System.Net;
using System.Net.Sockets;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Cli;

/// <summary>Resolves and dials every destination. It finds warnings only: a server that is down today is no wrong configuration.</summary>
sealed class DestinationCheck(TimeProvider time)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<Mistake>> FindAsync(ProxyConfiguration configuration, CancellationToken cancellation)
    {
        IEnumerable<Task<Mistake?>> checks = from upstream in configuration.Upstreams
                                             from destination in upstream.Destinations
                                             where destination.Kind is not DestinationKind.Original
                                             select CheckAsync($"upstreams.{upstream.Name}.destinations.{destination.Id}", destination, cancellation);
        return [.. (await Task.WhenAll(checks)).OfType<Mistake>()];
    }

    async Task<Mistake?> CheckAsync(string path, DestinationConfiguration destination, CancellationToken cancellation)
    {
        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            await DialAsync(destination, either.Token);
            return null;
        }
        catch (SocketException e)
        {
            return Finding(path, destination, IsUnresolved(e) ? "cannot be resolved" : $"cannot be reached: {e.Message.TrimEnd('.')}");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return Finding(path, destination, $"did not answer within {Patience.TotalSeconds:F0} s");
        }
    }

    static bool IsUnresolved(SocketException e) => e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain;

    static async Task DialAsync(DestinationConfiguration destination, CancellationToken cancellation)
    {
        if (destination.Kind is DestinationKind.Unix)
        {
            using Socket local = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await local.ConnectAsync(new UnixDomainSocketEndPoint(destination.Host), cancellation);
            return;
        }
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(destination.Host, cancellation);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(addresses, destination.Port, cancellation);
    }

    static Mistake Finding(string path, DestinationConfiguration destination, string problem) =>
        new(path, Origin.Default, $"{destination} {problem} from here", "Start the server, correct the address, or check from where the proxy runs");
}
