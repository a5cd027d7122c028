using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Configuration;

/// <summary>What the keys of <c>tlsSettings</c> ask of each other, and where old TLS may be spoken.</summary>
static class TlsSettingsRules
{
    public static void Check(Validation at)
    {
        foreach (ListenerConfiguration listener in at.Configuration.Listeners) Check(at, listener, $"listeners.{listener.Name}");
        foreach (UpstreamConfiguration upstream in at.Configuration.Upstreams) Check(at, upstream, $"upstreams.{upstream.Name}");
    }

    static void Check(Validation at, ListenerConfiguration listener, string path)
    {
        string settings = $"{path}.{TlsSettings.Section}";
        if (HasNoEffect(at, listener.Tls, settings)) return;
        Check(at, listener.TlsSettings, settings);
        // Devices that speak nothing better are known by their addresses; strangers get no TLS that others can read.
        if (listener.TlsSettings.Profile is TlsProfile.Legacy && Reach.IsForAnybody(listener) && !at.Mistakes.Concern($"{path}.allow"))
            at.Refuse($"{settings}.profile", "legacy is for loopback or listed networks only",
                $"Write intermediate, bind to loopback, or list the devices' networks in {path}.allow, none of them everybody's");
    }

    static void Check(Validation at, UpstreamConfiguration upstream, string path)
    {
        string settings = $"{path}.{TlsSettings.Section}";
        if (HasNoEffect(at, upstream.Tls, settings)) return;
        Check(at, upstream.TlsSettings, settings);
        if (upstream.TlsSettings.Profile is TlsProfile.Legacy)
            at.Warn($"{settings}.profile", "legacy takes versions and key lengths that can be broken: whoever sits between may read the mail or change it",
                "Write intermediate once the server knows TLS 1.2");
    }

    static bool HasNoEffect(Validation at, TlsMode tls, string path)
    {
        bool hasNone = tls is TlsMode.None;
        if (hasNone && at.Settings.IsWritten(path)) at.Warn(path, "it has no effect: tls is none", $"Write another word for tls, or remove {TlsSettings.Section}");
        return hasNone;
    }

    static void Check(Validation at, TlsPolicy policy, string path)
    {
        if (!CheckVersions(at, policy, path)) return;
        CheckSuites(at, policy, $"{path}.cipherSuites");
        CheckGroups(at, policy, $"{path}.groups");
    }

    static bool CheckVersions(Validation at, TlsPolicy policy, string path)
    {
        if (at.Mistakes.Concern($"{path}.minVersion") || at.Mistakes.Concern($"{path}.maxVersion") || at.Mistakes.Concern($"{path}.profile")) return false;
        if (policy.Oldest < TlsPolicy.OldestOf(policy.Profile))
            at.Refuse($"{path}.minVersion", $"profile {Vocabulary.TlsProfiles.WordOf(policy.Profile)} begins with TLS {Word(TlsPolicy.OldestOf(policy.Profile))}",
                policy.Oldest >= TlsVersion.Tls12 ? "Write profile: intermediate, or a newer minVersion" : "Write minVersion: 1.2 or newer, or profile: legacy");
        else if (policy.Oldest > policy.Newest)
            at.Refuse($"{path}.maxVersion", $"the newest version {Word(policy.Newest)} is older than the oldest, {Word(policy.Oldest)}",
                $"Write maxVersion: {Word(policy.Oldest)} or newer{(policy.MinVersion is null ? ", or another profile" : ", or an older minVersion")}");
        else
            return true;
        return false;
    }

    static void CheckSuites(Validation at, TlsPolicy policy, string path)
    {
        if (at.Mistakes.Concern(path) || !at.Settings.IsWritten(path)) return;
        CipherSuite[] suites = [.. policy.CipherSuites.Select(CipherSuites.Find).OfType<CipherSuite>()];
        if (policy.Oldest < TlsVersion.Tls13 && suites.All(suite => suite.IsTls13))
            at.Refuse(path, $"no suite in the list is for TLS {Word(policy.Oldest)}, which may be spoken", "Add one such as TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, or write minVersion: 1.3");
        if (policy.Newest is TlsVersion.Tls13 && !suites.Any(suite => suite.IsTls13))
            at.Refuse(path, "no suite in the list is for TLS 1.3, which may be spoken", "Add one such as TLS_AES_256_GCM_SHA384, or write maxVersion: 1.2");
        if (policy.Profile is not TlsProfile.Legacy && suites.FirstOrDefault(suite => !suite.HasForwardSecrecy) is { } weak)
            at.Refuse(path, $"{weak.IanaName} has no forward secrecy: whoever gets the key later reads all that was recorded", "Remove it, or write profile: legacy");
    }

    static void CheckGroups(Validation at, TlsPolicy policy, string path)
    {
        if (at.Mistakes.Concern(path) || !at.Settings.IsWritten(path)) return;
        string[] missing = [.. policy.Groups.Where(group => !TlsGroups.IsAvailable(group))];
        if (missing.Length == policy.Groups.Count)
            at.Refuse(path, policy.Groups.Count == 0 ? "the list is empty" : $"{OpenSslLibrary.Version} has none of the groups", "Add X25519 or P-256");
        else if (missing.Length > 0)
            at.Warn(path, $"{OpenSslLibrary.Version} does not have {string.Join(", ", missing)}: left out", "Use an image with a newer OpenSSL (hybrid groups: 3.5), or remove it");
    }

    static string Word(TlsVersion version) => Vocabulary.TlsVersions.WordOf(version);
}
