using System.Net;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Configuration;

/// <summary>Choices that are allowed and weak.</summary>
static class Weaknesses
{
    public static void Check(Validation at)
    {
        if (at.Configuration.Hostname is { } name && !name.Contains('.'))
            at.Warn("hostname", $"\"{name}\" is a single label: some servers refuse an EHLO with it", "Write the full domain name");
        if (at.Configuration.Status is { } status && Reach.IsBeyondLoopback(new ListenAddress.Tcp(status)))
            at.Warn("status.address", $"{status} is reachable from beyond loopback: whoever reaches it can drain the proxy", "Write a loopback address");
        foreach ((ListenerConfiguration listener, UpstreamConfiguration upstream) in at.Routes) CheckRoute(at, listener, upstream);
        foreach (ListenerConfiguration listener in at.Configuration.Listeners) CheckListener(at, listener, $"listeners.{listener.Name}");
        foreach (UpstreamConfiguration upstream in at.Configuration.Upstreams) CheckUpstream(at, upstream, $"upstreams.{upstream.Name}");
    }

    // The contract refuses listeners beyond loopback only, but behind a balancer on this machine strangers come just the same.
    static void CheckRoute(Validation at, ListenerConfiguration listener, UpstreamConfiguration upstream)
    {
        string path = $"upstreams.{upstream.Name}.identity";
        bool isFronted = listener.ProxyProtocolFrom.Count > 0 && !Reach.IsBeyondLoopback(listener);
        if (isFronted && !at.Settings.IsWritten(path) && upstream.Destinations.Any(destination => Reach.MayBeInward(destination, at.Machine.OwnAddresses)))
            at.Warn(path, $"listener {listener.Name} takes strangers from a balancer, and the server sees the proxy's address for each of them",
                "Write identity: xclient, proxyV1 or proxyV2");
    }

    static void CheckListener(Validation at, ListenerConfiguration listener, string path)
    {
        bool isBeyond = Reach.IsBeyondLoopback(listener);
        if (isBeyond && listener.Tls is TlsMode.Required && listener.Allow is null && IsOnMailPort(listener))
            at.Warn($"{path}.tls", "required on port 25 of a public MX refuses mail from servers that know no TLS (RFC 3207 section 4 forbids it)",
                "Write opportunistic, or list the senders in allow");
        if (isBeyond && listener.AuthInClear is AuthInClear.Allow && listener.Tls is not TlsMode.Implicit)
            at.Warn($"{path}.authInClear", "passwords may cross the network in the clear", "Write never or local, and let clients use TLS");
        if (listener.BareNewlines is BareNewlines.Pass)
            at.Warn($"{path}.bareNewlines", "pass leaves bare CR and LF to the server, which may take them for an end of data (SMTP smuggling)",
                "Write normalize or reject");
        if (isBeyond && listener.ProxyProtocolFrom.Count == 0 && BalancerSign(at, listener) is { } sign)
            at.Warn($"{path}.limits.connectionsPerAddress",
                $"{sign}: without a PROXY header all clients share the balancer's address and its limit of {listener.Limits.ConnectionsPerAddress}",
                $"Let the balancer send PROXY and write {path}.proxyProtocol.from, or raise the limit to that of connections");
    }

    static void CheckUpstream(Validation at, UpstreamConfiguration upstream, string path)
    {
        bool isBeyond = upstream.Destinations.Any(destination => IsBeyond(at, destination));
        if (isBeyond && upstream.Tls is TlsMode.None)
            at.Warn($"{path}.tls", $"mail goes in clear text to {upstream.Destinations.First(destination => IsBeyond(at, destination))}, beyond loopback",
                "Write opportunistic or required if the server has TLS");
        if (upstream.Tls is not TlsMode.None && upstream.Verify is { Mode: VerifyMode.None, WasWritten: true })
            at.Warn($"{path}.verify.mode", "none takes any certificate: whoever sits between can pose as the server",
                "Write pkix, with verify.name or verify.caFile where the certificate needs it");
        if (upstream.Tls is TlsMode.None && at.Settings.IsWritten($"{path}.verify"))
            at.Warn($"{path}.verify", "it has no effect: tls is none", "Write tls: required, or remove verify");
        if (upstream.Helo is { } helo && !helo.Contains('.') && !helo.StartsWith('['))
            at.Warn($"{path}.helo", $"\"{helo}\" is a single label: some servers refuse an EHLO with it", "Write the full domain name");
        if (at.Configuration.Listeners.All(listener => listener.Upstream != upstream.Name))
            at.Warn(path, "no listener uses it", "Name it as the upstream of a listener, or remove it");
    }

    static bool IsBeyond(Validation at, DestinationConfiguration destination) =>
        !Reach.IsLoopback(destination) && !(Reach.AddressOf(destination) is { } address && at.Machine.OwnAddresses.Contains(address));

    // 2525 is where an unprivileged container puts port 25.
    static bool IsOnMailPort(ListenerConfiguration listener) =>
        listener.Addresses.Any(address => address is ListenAddress.Tcp { EndPoint.Port: 25 or 2525 } && Reach.IsBeyondLoopback(address));

    // No configuration says "balancer"; these are what one is known by.
    static string? BalancerSign(Validation at, ListenerConfiguration listener)
    {
        if (listener.Limits.ConnectionsPerAddress >= listener.Limits.Connections) return null;
        if (at.Machine.IsInKubernetes) return "In Kubernetes connections may come through a balancer";
        if (at.Configuration.Listeners.Any(other => other.ProxyProtocolFrom.Count > 0)) return "Another listener names balancers";
        return listener.Allow is { Count: > 0 and <= 4 } allow && allow.All(IsSingleHost) ? "Only single hosts may use it" : null;
    }

    static bool IsSingleHost(IPNetwork network) => network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8;
}
