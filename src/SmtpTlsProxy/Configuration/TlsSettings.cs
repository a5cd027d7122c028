using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Configuration;

/// <summary><c>tlsSettings</c> of either leg: what may be agreed on in a handshake.</summary>
static class TlsSettings
{
    public const string Section = "tlsSettings";

    static readonly string[] _suites = [.. CipherSuites.All.SelectMany(suite => new[] { suite.IanaName, suite.OpenSslName }).Distinct()];

    public static IEnumerable<KeyDefinition> Keys(string at, string allowedFor) =>
    [
        new($"{at}.{Section}.profile", KeyType.Word, $"Which TLS is spoken. modern: 1.3; intermediate: 1.2 too; legacy: from 1.0 on, {allowedFor}.")
        {
            Default = "intermediate", Words = Vocabulary.TlsProfiles.Words,
        },
        new($"{at}.{Section}.minVersion", KeyType.TlsVersion, "The oldest TLS version.") { DefaultDoc = "the profile's", Words = Vocabulary.TlsVersions.Words },
        new($"{at}.{Section}.maxVersion", KeyType.TlsVersion, "The newest TLS version.") { DefaultDoc = "1.3", Words = Vocabulary.TlsVersions.Words },
        new($"{at}.{Section}.cipherSuites", KeyType.CipherSuites, "Cipher suites, the preferred first, by IANA's or OpenSSL's names; at least one for each version spoken.")
        {
            DefaultDoc = "the profile's",
        },
        new($"{at}.{Section}.groups", KeyType.Groups, "Key exchange groups, the preferred first.")
        {
            DefaultDoc = "X25519MLKEM768 where OpenSSL has it, X25519, P-256, P-384, P-521", Words = TlsGroups.Names,
        },
    ];

    public static TlsPolicy Read(KeyScope keys)
    {
        TlsPolicy policy = new()
        {
            Profile = keys.Word("profile", Vocabulary.TlsProfiles),
            MinVersion = keys.OptionalWord("minVersion", Vocabulary.TlsVersions),
            MaxVersion = keys.OptionalWord("maxVersion", Vocabulary.TlsVersions),
            CipherSuites = keys.List("cipherSuites", Suite) ?? [],
            Groups = keys.List("groups", Group) ?? [],
        };
        if (!keys.IsWritten("minVersion")) keys.Derived("minVersion", Vocabulary.TlsVersions.WordOf(policy.Oldest));
        if (!keys.IsWritten("maxVersion")) keys.Derived("maxVersion", Vocabulary.TlsVersions.WordOf(policy.Newest));
        return policy;
    }

    static Parsed<string> Suite(string text) => CipherSuites.Find(text) is { } suite ? suite.IanaName : Unknown("cipher suite", text, _suites);

    static Parsed<string> Group(string text) => TlsGroups.Find(text) is { } group ? group : Unknown("group", text, TlsGroups.Names);

    static Parsed.Failure Unknown(string what, string text, IReadOnlyList<string> known) =>
        Parsed.Wrong($"\"{text}\" is no {what} that can be named" + (Nearest.Of(text, known) is { } near ? $" (did you mean {near}?)" : ""));
}
