namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>A cipher suite that may be asked for.</summary>
/// <param name="IanaName">Its name in IANA's registry.</param>
/// <param name="OpenSslName">OpenSSL's name for it.</param>
public sealed record CipherSuite(string IanaName, string OpenSslName)
{
    /// <summary>It is one of TLS 1.3, and of no other version.</summary>
    public bool IsTls13 => IanaName == OpenSslName;

    /// <summary>Who gets hold of the key later reads nothing of what was sent before.</summary>
    public bool HasForwardSecrecy => !IanaName.StartsWith("TLS_RSA_", StringComparison.Ordinal);
}

/// <summary>The suites that may be named: every one that protects something. What encrypts or authenticates nothing has no name here.</summary>
public static class CipherSuites
{
    /// <summary>The better ones first.</summary>
    public static IReadOnlyList<CipherSuite> All { get; } =
    [
        Tls13("TLS_AES_256_GCM_SHA384"), Tls13("TLS_AES_128_GCM_SHA256"), Tls13("TLS_CHACHA20_POLY1305_SHA256"),
        Tls13("TLS_AES_128_CCM_SHA256"), Tls13("TLS_AES_128_CCM_8_SHA256"),
        .. Exchanged("ECDHE_ECDSA", "ECDHE-ECDSA-"), .. Exchanged("ECDHE_RSA", "ECDHE-RSA-"), .. Exchanged("DHE_RSA", "DHE-RSA-"),
        .. Exchanged("RSA", "").Where(suite => !suite.IanaName.Contains("CHACHA20", StringComparison.Ordinal)),
    ];

    /// <summary>The suite of either name, in any case; null for none.</summary>
    public static CipherSuite? Find(string name) =>
        All.FirstOrDefault(suite => suite.IanaName.Equals(name, StringComparison.OrdinalIgnoreCase) || suite.OpenSslName.Equals(name, StringComparison.OrdinalIgnoreCase));

    static CipherSuite Tls13(string name) => new(name, name);

    // SHA-384 with CBC came with elliptic curves only.
    static IEnumerable<CipherSuite> Exchanged(string iana, string openSsl)
    {
        bool isElliptic = iana.StartsWith("ECDHE", StringComparison.Ordinal);
        yield return new($"TLS_{iana}_WITH_AES_256_GCM_SHA384", $"{openSsl}AES256-GCM-SHA384");
        yield return new($"TLS_{iana}_WITH_AES_128_GCM_SHA256", $"{openSsl}AES128-GCM-SHA256");
        yield return new($"TLS_{iana}_WITH_CHACHA20_POLY1305_SHA256", $"{openSsl}CHACHA20-POLY1305");
        yield return isElliptic
            ? new($"TLS_{iana}_WITH_AES_256_CBC_SHA384", $"{openSsl}AES256-SHA384")
            : new($"TLS_{iana}_WITH_AES_256_CBC_SHA256", $"{openSsl}AES256-SHA256");
        yield return new($"TLS_{iana}_WITH_AES_128_CBC_SHA256", $"{openSsl}AES128-SHA256");
        yield return new($"TLS_{iana}_WITH_AES_256_CBC_SHA", $"{openSsl}AES256-SHA");
        yield return new($"TLS_{iana}_WITH_AES_128_CBC_SHA", $"{openSsl}AES128-SHA");
    }
}
