using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

/// <summary>What a listener shows its clients: certificates chosen by SNI, in one context of its own, so that tickets are not shared between listeners (rule 3.7).</summary>
sealed class ServerTls(TlsContext context) : IDisposable
{
    public TlsContext Context => context;

    /// <summary>The context of a listener, or null where it offers no TLS.</summary>
    public static ServerTls? Load(ListenerConfiguration listener, IReadOnlyList<TlsCertificate> all, ReportOnly reportOnly)
    {
        if (listener.Tls is TlsMode.None)
            return null;
        IReadOnlyList<TlsCertificate> shown = listener.Certificates.Count == 0 ? all : [.. all.Where(c => listener.Certificates.Contains(c.Name))];
        if (shown.Count == 0)
            throw new TlsException($"listeners.{listener.Name}: none of its certificates can be used");
        return new ServerTls(TlsContext.ForServer(new TlsServerOptions { Certificates = shown, Policy = listener.TlsSettings, EnforceAlpn = !reportOnly.HasFlag(ReportOnly.Alpn) }));
    }

    public void Dispose() => context.Dispose();
}
