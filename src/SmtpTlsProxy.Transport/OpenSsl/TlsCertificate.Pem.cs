namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

public sealed partial record TlsCertificate
{
    /// <summary>
    /// Reads PEM: the certificate file holds the leaf, then its chain; the key may be PKCS#8 (encrypted too), SEC 1 or PKCS#1, and may stand in the same text.
    /// </summary>
    /// <exception cref="TlsException">Something is missing, unreadable, or does not belong together; the message says what.</exception>
    public static TlsCertificate FromPem(string name, string certPem, string keyPem, string? password = null)
    {
        X509Certificate2Collection chain = [];
        try
        {
            chain.ImportFromPem(certPem);
            if (chain.Count == 0)
                throw new TlsException($"certificate {name}: the certificate file holds no certificate");
            byte[] key = ReadKey(name, chain[0], keyPem, password);
            return new TlsCertificate(name, [.. chain.Select(link => link.RawData)], key);
        }
        catch (CryptographicException unreadable)
        {
            throw new TlsException($"certificate {name}: the certificate file cannot be read ({unreadable.Message})", unreadable);
        }
        finally
        {
            foreach (X509Certificate2 link in chain)
                link.Dispose();
        }
    }

    static byte[] ReadKey(string name, X509Certificate2 leaf, string keyPem, string? password)
    {
        AssertReadable(name, keyPem, password);
        using AsymmetricAlgorithm key = LeafFacts.IsRsaKey(name, leaf) ? RSA.Create() : ECDsa.Create();
        Import(name, key, keyPem, password);
        if (!key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(leaf.PublicKey.ExportSubjectPublicKeyInfo()))
            throw new TlsException($"certificate {name}: the key does not belong to the certificate");
        return key.ExportPkcs8PrivateKey();
    }

    static void AssertReadable(string name, string keyPem, string? password)
    {
        if (!keyPem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw new TlsException($"certificate {name}: the key file holds no private key");
        if (keyPem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            throw new TlsException($"certificate {name}: the key is encrypted in OpenSSL's old form; convert it with openssl pkcs8 -topk8");
        if (IsEncrypted(keyPem) && password is null)
            throw new TlsException($"certificate {name}: the key is encrypted and no password was given");
    }

    static bool IsEncrypted(string keyPem) => keyPem.Contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal);

    static void Import(string name, AsymmetricAlgorithm key, string keyPem, string? password)
    {
        try
        {
            if (IsEncrypted(keyPem))
                key.ImportFromEncryptedPem(keyPem, password);
            else
                key.ImportFromPem(keyPem);
        }
        catch (ArgumentException unfit)
        {
            throw new TlsException($"certificate {name}: the key file holds no single key of the certificate's kind", unfit);
        }
        catch (CryptographicException unreadable)
        {
            string why = IsEncrypted(keyPem) ? "wrong password?" : "damaged, or of another kind than the certificate's";
            throw new TlsException($"certificate {name}: the key cannot be read ({why})", unreadable);
        }
    }
}
