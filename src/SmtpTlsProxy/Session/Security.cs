using System.Net;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Session;

/// <summary>What the client leg is worth to the dialogue's rules.</summary>
static class Security
{
    /// <summary>Inside TLS a client may say its password; in the clear only where the listener's <c>authInClear</c> lets it (rule 1.3).</summary>
    public static LegSecurity OfClient(Leg client, Rules rules) =>
        client.Tls is { Succeeded: true } tls ? new(true, tls.IsVerified, true) : new(false, false, rules.AuthInClear);

    /// <summary><c>local</c>: a listener without TLS that only this machine reaches.</summary>
    public static bool AuthInClear(ListenerConfiguration listener) => listener.AuthInClear switch
    {
        Configuration.AuthInClear.Allow => true,
        Configuration.AuthInClear.Never => false,
        _ => listener.Tls is TlsMode.None && listener.Addresses.All(IsLocal),
    };

    static bool IsLocal(ListenAddress address) => address switch
    {
        ListenAddress.Tcp tcp => IPAddress.IsLoopback(tcp.EndPoint.Address),
        ListenAddress.Unix => true,
        _ => false,                                                   // systemd's socket may be anywhere
    };
}
