namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>What a test needs of the machine. Missing: the test is skipped with the reason, or fails where the runner promised to bring it.</summary>
static class Needs
{
    static readonly string[] s_folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/sbin", "/sbin"];

    static bool NoSkip => Environment.GetEnvironmentVariable("SMTP_TLS_PROXY_TESTS_NO_SKIP") == "1";

    /// <summary>The tool's path.</summary>
    public static string Tool(string name)
    {
        string? path = s_folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return path ?? throw Missing($"{name} is not installed; tests/run --install brings it");
    }

    public static void Postfix()
    {
        Tool("postfix");
        Root("Postfix starts as root only");
    }

    public static void Root(string why)
    {
        if (!Environment.IsPrivilegedProcess)
            throw Missing("needs root: " + why);
    }

    public static InvalidOperationException Missing(string reason)
    {
        if (NoSkip)
            Assert.Fail(reason);
        Assert.Skip(reason);
        return new InvalidOperationException(reason);
    }
}
