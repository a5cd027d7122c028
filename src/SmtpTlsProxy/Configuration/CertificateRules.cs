namespace SmtpTlsProxy.Configuration;

/// <summary>A certificate comes from a PEM pair, from a PKCS#12 file, or is made here: from one of them.</summary>
static class CertificateRules
{
    public static void Check(Validation at)
    {
        foreach (CertificateConfiguration certificate in at.Configuration.Certificates) Check(at, certificate, $"certificates.{certificate.Name}");
    }

    static void Check(Validation at, CertificateConfiguration certificate, string path)
    {
        if (at.Settings.IsWritten($"{path}.selfSigned")) CheckSelfSigned(at, certificate, $"{path}.selfSigned");
        if (certificate.Kind is CertificateKind.Pkcs12) RefuseBeside(at, path, "pkcs12File", ["certFile", "keyFile", "selfSigned"]);
        else if (at.Settings.IsWritten($"{path}.selfSigned")) RefuseBeside(at, path, "selfSigned", ["certFile", "keyFile", "keyPasswordFile", "ocsp"]);
        else CheckPair(at, certificate, path);
    }

    static void CheckSelfSigned(Validation at, CertificateConfiguration certificate, string path)
    {
        if (certificate.SelfSigned.Count == 0 && !at.Mistakes.Concern(path)) at.Refuse(path, "the list is empty", "Write the names that the certificate is for");
    }

    static void CheckPair(Validation at, CertificateConfiguration certificate, string path)
    {
        if (certificate.CertFile.Length == 0) Missing(at, $"{path}.certFile", "Write the path of a file");
        if (certificate.KeyFile.Length == 0) Missing(at, $"{path}.keyFile", "Write the path of a file");
    }

    static void Missing(Validation at, string path, string remedy)
    {
        if (!at.Mistakes.Concern(path)) at.Refuse(path, "the key is missing and has no default", $"{remedy}; or pkcs12File or selfSigned in place of the pair");
    }

    static void RefuseBeside(Validation at, string path, string key, string[] others)
    {
        foreach (string other in others.Where(other => at.Settings.IsWritten($"{path}.{other}")))
            at.Refuse($"{path}.{other}", $"it does not go together with {key}", "Keep one of the two, or make it another certificate of its own name");
    }
}
