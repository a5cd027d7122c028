namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

/// <summary>Authorities out of PEM, into a context.</summary>
static class Roots
{
    /// <summary>Hands each to <paramref name="use"/>, as OpenSSL's; it is given back behind the call.</summary>
    internal static void Read(byte[] pem, Action<nint> use)
    {
        X509Certificate2Collection roots = [];
        try
        {
            roots.ImportFromPem(Encoding.UTF8.GetString(pem));
            if (roots.Count == 0)
                throw new TlsException("the file of roots holds no certificate");
            foreach (X509Certificate2 root in roots)
                Use(root, use);
        }
        catch (CryptographicException unreadable)
        {
            throw new TlsException($"the file of roots cannot be read ({unreadable.Message})", unreadable);
        }
        finally
        {
            foreach (X509Certificate2 root in roots)
                root.Dispose();
        }
    }

    /// <summary>The context trusts it.</summary>
    internal static void Trust(nint context, nint certificate) =>
        ContextPolicy.Require(LibCrypto.X509_STORE_add_cert(LibSsl.SSL_CTX_get_cert_store(context), certificate), "a root");

    static void Use(X509Certificate2 root, Action<nint> use)
    {
        nint certificate = Der.ParseCertificate(root.RawData);
        try
        {
            use(certificate);
        }
        finally
        {
            LibCrypto.X509_free(certificate);
        }
    }
}
