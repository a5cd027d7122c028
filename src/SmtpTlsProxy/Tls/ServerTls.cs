using System.Security.Cryptography;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

/// <summary>What a listener shows its clients: certificates chosen by SNI, in one context of its own, so that tickets are not shared between listeners (rule 3.7).</summary>
sealed class ServerTls(TlsContext context) : IDisposable
{
    public TlsContext Context => context;

    /// <summary>The context of a listener, or null where it offers no TLS; a <c>caFile</c> that vanished throws <see cref="TrustUnusableException"/>.</summary>
    public static ServerTls? Load(ListenerConfiguration listener, IReadOnlyList<TlsCertificate> all, ReportOnly reportOnly, TicketKeys? tickets = null)
    {
        if (listener.Tls is TlsMode.None)
            return null;
        IReadOnlyList<TlsCertificate> shown = listener.Certificates.Count == 0 ? all : [.. all.Where(c => listener.Certificates.Contains(c.Name))];
        if (shown.Count == 0)
            throw new TlsException($"listeners.{listener.Name}: none of its certificates can be used");
        TlsClientCertificates? asked = Asked(listener.ClientCertificates);
        return new ServerTls(TlsContext.ForServer(new TlsServerOptions
        {
            Certificates = shown,
            StrictNames = listener.StrictSni,
            ClientCertificates = asked,
            Tickets = tickets is null ? null : new TlsTickets(tickets, IdentityOf(listener, asked)),
            Policy = listener.TlsSettings,
            EnforceAlpn = !reportOnly.HasFlag(ReportOnly.Alpn),
        }));
    }

    // Whatever of it differs, a session that was agreed on under it is not resumed (rule 3.7). Certificates may be renewed: who resumes has seen the one before.
    static string IdentityOf(ListenerConfiguration listener, TlsClientCertificates? asked) => string.Join('\n',
    [
        listener.Name, $"{listener.TlsSettings.Profile} {listener.TlsSettings.Oldest} {listener.TlsSettings.Newest}", .. listener.TlsSettings.CipherSuites, .. listener.TlsSettings.Groups,
        $"{listener.ClientCertificates.Mode}", .. listener.ClientCertificates.Subjects, .. listener.ClientCertificates.Pins.Select(pin => pin.ToString()),
        asked?.CaPem is { } authorities ? Convert.ToHexString(SHA256.HashData(authorities)) : "",
    ]);

    static TlsClientCertificates? Asked(ClientCertificateConfiguration asked) => asked.Mode is ClientCertificateMode.None ? null : new TlsClientCertificates
    {
        IsRequired = asked.Mode is ClientCertificateMode.Require,
        CaPem = asked.CaFile is { } file ? Verification.Read(file) : null,
        Policy = new ClientCertificatePolicy(asked),
    };

    public void Dispose() => context.Dispose();
}
