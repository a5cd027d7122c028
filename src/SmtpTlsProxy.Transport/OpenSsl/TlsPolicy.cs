namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>A choice of versions and suites, after Mozilla's of the same names.</summary>
public enum TlsProfile : byte
{
    /// <summary>TLS 1.2 with forward secrecy, and 1.3.</summary>
    Intermediate,

    /// <summary>TLS 1.3 alone.</summary>
    Modern,

    /// <summary>TLS 1.0 and up, whatever key lengths and signatures: for devices that know nothing better.</summary>
    Legacy,
}

/// <summary>What may be agreed on in a handshake, on either leg: a profile, and what narrows or orders it. Immutable.</summary>
public sealed record TlsPolicy
{
    /// <summary>Profile intermediate as it is.</summary>
    public static TlsPolicy Default { get; } = new();

    /// <summary>What holds where nothing else is said.</summary>
    public TlsProfile Profile { get; init; }

    /// <summary>The oldest version; null for the profile's.</summary>
    public TlsVersion? MinVersion { get; init; }

    /// <summary>The newest version; null for the newest there is.</summary>
    public TlsVersion? MaxVersion { get; init; }

    /// <summary>Suites in the order of preference, by the names of <see cref="OpenSsl.CipherSuites"/>; empty for the profile's.</summary>
    public IReadOnlyList<string> CipherSuites { get; init; } = [];

    /// <summary>Groups in the order of preference, by the names of <see cref="TlsGroups"/>; those that this OpenSSL lacks are left out. Empty for the profile's.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The oldest version that is spoken.</summary>
    public TlsVersion Oldest => MinVersion ?? OldestOf(Profile);

    /// <summary>The newest version that is spoken.</summary>
    public TlsVersion Newest => MaxVersion ?? TlsVersion.Tls13;

    /// <summary>What a profile begins with, and what it stands for: nothing older is spoken under its name.</summary>
    public static TlsVersion OldestOf(TlsProfile profile) => profile switch
    {
        TlsProfile.Modern => TlsVersion.Tls13,
        TlsProfile.Legacy => TlsVersion.Tls10,
        _ => TlsVersion.Tls12,
    };

    // Forward secrecy throughout. AEAD first; CBC suites close the list for peers of the TLS 1.2 age (Exchange 2013): with mail the alternative is clear text.
    const string StrongCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:ECDHE+AES:!aNULL:!eNULL:!PSK:!SRP";

    // RSA key exchange behind them. What OpenSSL has not got any more (RC4, 3DES) it does not bring back.
    const string LegacyCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:ECDHE+AES:DHE+AES:kRSA+AES:!aNULL:!eNULL:!PSK:!SRP:!aDSS";

    const string Suites13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

    // TLS 1.0 and 1.1 sign with SHA-1, which OpenSSL 3 allows on level 0 alone.
    internal string CipherList => $"{Listed(suite => !suite.IsTls13, Profile is TlsProfile.Legacy ? LegacyCiphers : StrongCiphers)}:@SECLEVEL={(Profile is TlsProfile.Legacy ? 0 : 2)}";

    internal string SuiteList => Listed(suite => suite.IsTls13, Suites13);

    internal string GroupList => TlsGroups.ListOf(Groups);

    string Listed(Func<CipherSuite, bool> isMeant, string otherwise)
    {
        string[] chosen = [.. CipherSuites.Select(OpenSsl.CipherSuites.Find).OfType<CipherSuite>().Where(isMeant).Select(suite => suite.OpenSslName)];
        return chosen.Length == 0 ? otherwise : string.Join(':', chosen);
    }
}
