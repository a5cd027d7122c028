using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Configuration;

/// <summary>The words of one enum as operators write them. None is a word that YAML reads as a boolean.</summary>
sealed class Vocabulary<T>(params (string Word, T Value)[] words)
{
    public IReadOnlyList<string> Words { get; } = [.. words.Select(pair => pair.Word)];

    public bool TryRead(string text, out T value)
    {
        int found = Array.FindIndex(words, pair => pair.Word.Equals(text, StringComparison.OrdinalIgnoreCase));
        value = found < 0 ? default! : words[found].Value;
        return found >= 0;
    }

    public string WordOf(T value) => Array.Find(words, pair => EqualityComparer<T>.Default.Equals(pair.Value, value)).Word;
}

static class Vocabulary
{
    public static readonly Vocabulary<TlsMode> TlsModes = new(
        ("none", TlsMode.None), ("opportunistic", TlsMode.Opportunistic), ("required", TlsMode.Required), ("implicit", TlsMode.Implicit));

    public static readonly Vocabulary<TlsProfile> TlsProfiles = new(
        ("modern", TlsProfile.Modern), ("intermediate", TlsProfile.Intermediate), ("legacy", TlsProfile.Legacy));

    public static readonly Vocabulary<TlsVersion> TlsVersions = new(
        ("1.0", TlsVersion.Tls10), ("1.1", TlsVersion.Tls11), ("1.2", TlsVersion.Tls12), ("1.3", TlsVersion.Tls13));

    public static readonly Vocabulary<BareNewlines> BareNewlines = new(
        ("reject", Protocol.BareNewlines.Reject), ("normalize", Protocol.BareNewlines.Normalize),
        ("accept", Protocol.BareNewlines.Accept), ("pass", Protocol.BareNewlines.Pass));

    public static readonly Vocabulary<EarlyTalkers> EarlyTalkers = new(
        ("wait", Protocol.EarlyTalkers.Wait), ("refuse", Protocol.EarlyTalkers.Refuse));

    public static readonly Vocabulary<AuthInClear> AuthInClear = new(
        ("never", Configuration.AuthInClear.Never), ("local", Configuration.AuthInClear.Local), ("allow", Configuration.AuthInClear.Allow));

    public static readonly Vocabulary<Identity> Identities = new(
        ("none", Identity.None), ("proxyV1", Identity.ProxyV1), ("proxyV2", Identity.ProxyV2), ("xclient", Identity.XClient), ("xforward", Identity.XForward));

    public static readonly Vocabulary<VerifyMode> VerifyModes = new(
        ("none", VerifyMode.None), ("pkix", VerifyMode.Pkix), ("pin", VerifyMode.Pin), ("pinOrPkix", VerifyMode.PinOrPkix));

    public static readonly Vocabulary<Revocation> Revocations = new(
        ("disabled", Revocation.Disabled), ("soft", Revocation.Soft), ("hard", Revocation.Hard));

    public static readonly Vocabulary<ClientCertificateMode> ClientCertificateModes = new(
        ("none", ClientCertificateMode.None), ("request", ClientCertificateMode.Request), ("require", ClientCertificateMode.Require));

    public static readonly Vocabulary<Ocsp> Ocsps = new(("disabled", Ocsp.Disabled), ("staple", Ocsp.Staple));

    public static readonly Vocabulary<Ratchet> Ratchets = new(
        ("disabled", Ratchet.Disabled), ("report", Ratchet.Report), ("enforce", Ratchet.Enforce));

    public static readonly Vocabulary<LoadBalancing> LoadBalancings = new(
        ("leastSessions", LoadBalancing.LeastSessions), ("roundRobin", LoadBalancing.RoundRobin), ("random", LoadBalancing.Random),
        ("powerOfTwoChoices", LoadBalancing.PowerOfTwoChoices), ("firstHealthy", LoadBalancing.FirstHealthy), ("firstAlphabetical", LoadBalancing.FirstAlphabetical));

    public static readonly Vocabulary<Quirks> Quirks = new(
        ("singleEhlo", Protocol.Quirks.SingleEhlo), ("heloOnly", Protocol.Quirks.HeloOnly), ("slowGreeting", Protocol.Quirks.SlowGreeting),
        ("lfReplies", Protocol.Quirks.LfReplies), ("noRset", Protocol.Quirks.NoRset));

    public static readonly Vocabulary<ReportOnly> ReportOnly = new(
        ("required", Protocol.ReportOnly.Required), ("verification", Protocol.ReportOnly.Verification), ("bareNewlines", Protocol.ReportOnly.BareNewlines),
        ("ratchet", Protocol.ReportOnly.Ratchet), ("alpn", Protocol.ReportOnly.Alpn), ("earlyTalkers", Protocol.ReportOnly.EarlyTalkers));

    public static readonly Vocabulary<bool> Disabled = new(("disabled", true));

    public static readonly Vocabulary<string> LogLevels = new(
        ("verbose", "verbose"), ("debug", "debug"), ("information", "information"), ("warning", "warning"), ("error", "error"), ("fatal", "fatal"));

    public static readonly Vocabulary<LogFormat> LogFormats = new(("json", LogFormat.Json), ("text", LogFormat.Text));

    public static readonly Vocabulary<AddressLogging> AddressLoggings = new(
        ("full", AddressLogging.Full), ("domainOnly", AddressLogging.DomainOnly), ("hashed", AddressLogging.Hashed), ("none", AddressLogging.None));

    public static readonly Vocabulary<ClientIpLogging> ClientIpLoggings = new(
        ("full", ClientIpLogging.Full), ("prefix", ClientIpLogging.Prefix), ("hashed", ClientIpLogging.Hashed));
}
