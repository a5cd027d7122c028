using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Configuration;

/// <summary>
/// The proxy stands between the internet and servers that trust their neighbours. Behind it every stranger has the proxy's own address,
/// which Postfix's default <c>mynetworks</c> trusts: what would make an open relay of either side does not start.
/// </summary>
static class RelayRefusals
{
    public static void Check(Validation at)
    {
        foreach ((ListenerConfiguration listener, UpstreamConfiguration upstream) in at.Routes.Where(route => Reach.IsBeyondLoopback(route.Listener)))
        {
            CheckInward(at, listener, upstream);
            CheckOutward(at, listener, upstream);
        }
    }

    static void CheckInward(Validation at, ListenerConfiguration listener, UpstreamConfiguration upstream)
    {
        string path = $"upstreams.{upstream.Name}.identity";
        if (Inward(at, upstream) is not { } near || at.Mistakes.Concern(path)) return;
        if (!at.Settings.IsWritten(path))
            at.Refuse(path,
                $"this would be an open relay inward: listener {listener.Name} is reachable from beyond loopback, and to the server at {near}, " +
                "which may trust its neighbours, every stranger would have the proxy's address",
                "Write identity: xclient, proxyV1 or proxyV2, so that the server sees the client's address (it must be set up for it); " +
                "or identity: none if it trusts no address");
        else if (upstream.Identity is Identity.None or Identity.XForward)
            at.Warn(path,
                $"{Vocabulary.Identities.WordOf(upstream.Identity)} leaves the proxy's address to the server's access rules: " +
                $"to the server at {near} every client of listener {listener.Name} is a neighbour",
                "Make sure that the server relays for no address of the proxy, or write xclient, proxyV1 or proxyV2");
    }

    static void CheckOutward(Validation at, ListenerConfiguration listener, UpstreamConfiguration upstream)
    {
        string path = $"listeners.{listener.Name}.allow";
        if (at.Settings.IsWritten(path) || OutwardReason(at, listener, upstream) is not { } reason) return;
        at.Refuse(path,
            $"this would be an open relay outward: listener {listener.Name} is reachable from beyond loopback, {reason}, and nobody says who may use it",
            "Write allow: [the networks of your clients]; [\"0.0.0.0/0\", \"::/0\"] if everybody may; or bind to loopback");
    }

    static string? OutwardReason(Validation at, ListenerConfiguration listener, UpstreamConfiguration upstream)
    {
        if (listener.Tls is TlsMode.None && at.Settings.IsWritten($"listeners.{listener.Name}.tls") && !at.Mistakes.Concern($"listeners.{listener.Name}.tls"))
            return "its tls is none";
        return upstream.Destinations.FirstOrDefault(Reach.MayBeOutward) is { } far ? $"its upstream {upstream.Name} is not private ({far})" : null;
    }

    static DestinationConfiguration? Inward(Validation at, UpstreamConfiguration upstream) =>
        upstream.Destinations.FirstOrDefault(destination => Reach.MayBeInward(destination, at.Machine.OwnAddresses));
}
