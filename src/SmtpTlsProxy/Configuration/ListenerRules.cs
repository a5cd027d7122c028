using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Configuration;

/// <summary>What one listener's keys ask of each other.</summary>
static class ListenerRules
{
    public static void Check(Validation at)
    {
        foreach (ListenerConfiguration listener in at.Configuration.Listeners) Check(at, listener, $"listeners.{listener.Name}");
    }

    static void Check(Validation at, ListenerConfiguration listener, string path)
    {
        if (listener.Addresses.Count == 0 && at.Settings.IsWritten($"{path}.address") && !at.Mistakes.Concern($"{path}.address"))
            at.Refuse($"{path}.address", "the list is empty", "Write at least one address");
        if (listener.Allow is [] && !at.Mistakes.Concern($"{path}.allow"))
            at.Refuse($"{path}.allow", "the list is empty: nobody could use the listener", "Write who may, or remove the key");
        if (listener is { StrictSni: true, Tls: TlsMode.None })
            at.Warn($"{path}.strictSni", "it has no effect: tls is none", "Write another word for tls, or remove strictSni");
        ClientCertificates.Check(at, listener, path);
        if (SaysProxyWithoutPeers(at, listener, path))
            at.Refuse($"{path}.proxyProtocol.from", "no balancer is named, so no PROXY header would be read",
                "Write the balancers' networks, or remove proxyProtocol");
        // Rule 5.2: who reaches such a listener can end a message by LF "." LF, so it must be known who that is.
        if (listener.BareNewlines is BareNewlines.Accept && Reach.IsForAnybody(listener) && !at.Mistakes.Concern($"{path}.allow"))
            at.Refuse($"{path}.bareNewlines", "accept is for loopback or listed networks only",
                $"Write normalize, bind to loopback, or list the networks in {path}.allow, none of them everybody's");
    }

    static bool SaysProxyWithoutPeers(Validation at, ListenerConfiguration listener, string path) =>
        at.Settings.IsWritten($"{path}.proxyProtocol") && listener.ProxyProtocolFrom.Count == 0 && !at.Mistakes.Concern($"{path}.proxyProtocol.from");
}
