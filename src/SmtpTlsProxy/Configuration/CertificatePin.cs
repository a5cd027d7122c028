using System.Security.Cryptography;

namespace SmtpTlsProxy.Configuration;

/// <summary>What of a certificate is pinned: the key outlives a renewal that keeps it, the certificate does not.</summary>
enum PinOf { PublicKey, Certificate }

/// <summary>A SHA-256 digest of a server's own certificate or of its public key (SubjectPublicKeyInfo).</summary>
sealed record CertificatePin(PinOf Of, string Sha256)
{
    public const string Pattern = "^(spki|cert):sha256:([0-9A-Fa-f]{64}|[A-Za-z0-9+/_-]{43}=?)$";

    const string PublicKey = "spki:sha256:";
    const string Certificate = "cert:sha256:";

    /// <summary>Hexadecimal, or base64 with or without its padding, as openssl and browsers print them.</summary>
    public static Parsed<CertificatePin> Read(string text)
    {
        PinOf? of = text.StartsWith(PublicKey, StringComparison.OrdinalIgnoreCase) ? PinOf.PublicKey
            : text.StartsWith(Certificate, StringComparison.OrdinalIgnoreCase) ? PinOf.Certificate : null;
        if (of is not { } what)
            return Parsed.Wrong($"\"{text}\" does not begin with {PublicKey} or {Certificate}");
        return Digest(text[PublicKey.Length..]) is { } digest ? new CertificatePin(what, digest) : Parsed.Wrong($"\"{text}\" holds no SHA-256 digest");
    }

    /// <summary>What a pin of <paramref name="der"/> would be.</summary>
    public static CertificatePin Digesting(PinOf of, ReadOnlySpan<byte> der) => new(of, Convert.ToHexStringLower(SHA256.HashData(der)));

    public override string ToString() => (Of is PinOf.PublicKey ? PublicKey : Certificate) + Sha256;

    static string? Digest(string text)
    {
        if (text.Length == 64 && text.All(char.IsAsciiHexDigit))
            return text.ToLowerInvariant();
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes + 1];
        string padded = text.Replace('-', '+').Replace('_', '/').TrimEnd('=') + '=';
        return Convert.TryFromBase64String(padded, digest, out int length) && length == SHA256.HashSizeInBytes ? Convert.ToHexStringLower(digest[..length]) : null;
    }
}
