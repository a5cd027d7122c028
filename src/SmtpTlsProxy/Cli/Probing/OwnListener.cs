using System.Net;
using System.Text.Json;
using SmtpTlsProxy.Admin;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>A listener of the running proxy, and what its status page says of the leg behind it, which a probe cannot see.</summary>
sealed record OwnListener(ListenerStatus Listener, UpstreamStatus? Upstream)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Asks the proxy at <paramref name="status"/> whether one of its listeners is at <paramref name="server"/>; null: no, or there is none.</summary>
    public static async Task<OwnListener?> FindAsync(IPEndPoint server, string status, CancellationToken cancellation)
    {
        if (!IsOwn(server.Address) || !Uri.TryCreate($"http://{status}/status", UriKind.Absolute, out Uri? uri))
            return null;
        using SocketsHttpHandler direct = new() { UseProxy = false, AllowAutoRedirect = false };
        using HttpClient http = new(direct) { Timeout = Patience };
        try
        {
            await using Stream answer = await http.GetStreamAsync(uri, cancellation);
            return await JsonSerializer.DeserializeAsync(answer, StatusJson.Default.StatusReport, cancellation) is { } report ? Of(report, server) : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {   // no proxy runs here, or it shows no status: nothing is known of it
            return null;
        }
    }

    public static OwnListener? Of(StatusReport report, IPEndPoint server)
    {
        ListenerStatus? listener = report.Listeners.FirstOrDefault(one => one.Addresses.Any(address => IsAt(address, server)));
        return listener is null ? null : new OwnListener(listener, report.Upstreams.FirstOrDefault(one => one.Name == listener.Upstream));
    }

    static bool IsOwn(IPAddress address) => IPAddress.IsLoopback(Reach.Plain(address)) || Machine.Current(TimeProvider.System).OwnAddresses.Contains(Reach.Plain(address));

    static bool IsAt(string address, IPEndPoint server) => IPEndPoint.TryParse(address, out IPEndPoint? at) && at.Port == server.Port
        && (Reach.Plain(at.Address).Equals(Reach.Plain(server.Address)) || at.Address.Equals(IPAddress.Any) || at.Address.Equals(IPAddress.IPv6Any));
}
