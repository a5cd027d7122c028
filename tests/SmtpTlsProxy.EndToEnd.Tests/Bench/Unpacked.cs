namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>What tests/install put below the user's cache folder, because the machine must not have it installed.</summary>
static class Unpacked
{
    static readonly string s_cache = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache : Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/", ".cache"),
        "smtp-tls-proxy-tests");

    /// <summary>A file or folder of it.</summary>
    public static string PathTo(string name)
    {
        string path = Path.Combine(s_cache, name);
        return Path.Exists(path) ? path : throw Needs.Missing($"{name} is not in the tests' cache folder; tests/run --install brings it");
    }
}
