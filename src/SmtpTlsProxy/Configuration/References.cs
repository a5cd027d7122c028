using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Configuration;

/// <summary>Names must lead somewhere, and TLS needs a certificate.</summary>
static class References
{
    public static void Check(Validation at)
    {
        if (at.Configuration.Listeners.Count == 0)
            at.Refuse("listeners", "there is no listener",
                "Write one beneath listeners, or name a file with --config; smtp-tls-proxy config example ingress prints one");
        foreach (ListenerConfiguration listener in at.Configuration.Listeners) CheckListener(at, listener);
        foreach (UpstreamConfiguration upstream in at.Configuration.Upstreams) CheckClientCertificate(at, upstream);
    }

    static void CheckListener(Validation at, ListenerConfiguration listener)
    {
        string path = $"listeners.{listener.Name}";
        IReadOnlyList<string> upstreams = [.. at.Configuration.Upstreams.Select(upstream => upstream.Name)];
        if (listener.Upstream.Length > 0 && !upstreams.Contains(listener.Upstream))
            at.Refuse($"{path}.upstream", $"no upstream is called \"{listener.Upstream}\"", Define("upstreams", listener.Upstream, upstreams));
        IReadOnlyList<string> certificates = [.. at.Configuration.Certificates.Select(certificate => certificate.Name)];
        foreach (string missing in listener.Certificates.Except(certificates))
            at.Refuse($"{path}.certificates", $"no certificate is called \"{missing}\"", Define("certificates", missing, certificates));
        if (OffersTlsWithoutCertificate(at, listener))
            at.Refuse($"{path}.tls", $"TLS is offered ({Vocabulary.TlsModes.WordOf(listener.Tls)}), and there is no certificate",
                "Write certificates: { public: { certFile: …, keyFile: … } } (flags --cert and --key), or tls: none");
    }

    static void CheckClientCertificate(Validation at, UpstreamConfiguration upstream)
    {
        string path = $"upstreams.{upstream.Name}.clientCertificate";
        IReadOnlyList<string> certificates = [.. at.Configuration.Certificates.Select(certificate => certificate.Name)];
        if (upstream.ClientCertificate is { } name && !certificates.Contains(name))
            at.Refuse(path, $"no certificate is called \"{name}\"", Define("certificates", name, certificates));
        if (upstream is { ClientCertificate: not null, Tls: TlsMode.None })
            at.Warn(path, "it has no effect: tls is none", "Write tls: required, or remove clientCertificate");
    }

    static bool OffersTlsWithoutCertificate(Validation at, ListenerConfiguration listener)
    {
        bool writesNone = at.Settings.IsWritten($"listeners.{listener.Name}.certificates") && listener.Certificates.Count == 0;
        return listener.Tls is not TlsMode.None && (at.Configuration.Certificates.Count == 0 || writesNone);
    }

    static string Define(string section, string name, IReadOnlyList<string> known)
    {
        if (Nearest.Of(name, known) is { } near) return $"Did you mean {near}?";
        return known.Count == 0 ? $"Define it beneath {section}" : $"Define it beneath {section}, or name one of {string.Join(", ", known)}";
    }
}
