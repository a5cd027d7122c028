namespace SmtpTlsProxy.Configuration;

/// <summary>The flags of <c>run</c>, null where not given.</summary>
sealed record RunFlags
{
    public string? Listen { get; init; }
    public string? Tls { get; init; }
    public string? Upstream { get; init; }
    public string? UpstreamTls { get; init; }
    public string? Cert { get; init; }
    public string? Key { get; init; }
    public IReadOnlyList<string> SelfSigned { get; init; } = [];
    public string? Identity { get; init; }
    public IReadOnlyList<string> Allow { get; init; } = [];
    public string? Metrics { get; init; }
    public string? Status { get; init; }
}

/// <summary>Flags are keys of the one listener, upstream and certificate that are called <c>default</c>.</summary>
static class FlagSource
{
    public const string Name = "default";

    /// <summary>Which key each flag writes.</summary>
    public static IReadOnlyList<(string Flag, string Path)> Flags { get; } =
    [
        ("--listen", "listeners.default.address"),
        ("--tls", "listeners.default.tls"),
        ("--upstream", "upstreams.default.destinations"),
        ("--upstream-tls", "upstreams.default.tls"),
        ("--cert", "certificates.default.certFile"),
        ("--key", "certificates.default.keyFile"),
        ("--self-signed", "certificates.default.selfSigned"),
        ("--identity", "upstreams.default.identity"),
        ("--allow", "listeners.default.allow"),
        ("--metrics", "metrics.address"),
        ("--status", "status.address"),
    ];

    public static Source From(RunFlags flags)
    {
        TreeBuilder tree = new(Origin.Flag("--…"));
        foreach ((string flag, string path) in Flags)
            if (ValueOf(flags, flag) is { } value)
                tree.Put(Target(path, value).Split('.'), value, Origin.Flag(flag));
        if (DescribesListener(flags)) tree.Put(["listeners", Name, "upstream"], Name, Origin.Flag("--upstream"));
        return Source.Of("flags", tree.Build());
    }

    /// <summary>What holds without a file, unless the environment or a flag says otherwise: nothing listens that was not asked for.</summary>
    public static Source Defaults()
    {
        TreeBuilder tree = new(Origin.Default);
        tree.Put(["status"], "disabled", Origin.Default);
        return Source.Of("defaults without a file", tree.Build());
    }

    public static string? FlagOf(string path) => Flags.FirstOrDefault(flag => flag.Path == path).Flag;

    // "--metrics disabled" is the word, not an address.
    static string Target(string path, string value) =>
        value == "disabled" && path is ("metrics.address" or "status.address") ? path[..path.IndexOf('.')] : path;

    static bool DescribesListener(RunFlags flags) =>
        flags.Listen is not null || flags.Tls is not null || flags.Upstream is not null || flags.UpstreamTls is not null || flags.Allow.Count > 0;

    static string? ValueOf(RunFlags flags, string flag) => flag switch
    {
        "--listen" => flags.Listen,
        "--tls" => flags.Tls,
        "--upstream" => flags.Upstream,
        "--upstream-tls" => flags.UpstreamTls,
        "--cert" => flags.Cert,
        "--key" => flags.Key,
        "--self-signed" => flags.SelfSigned.Count == 0 ? null : string.Join(',', flags.SelfSigned),
        "--identity" => flags.Identity,
        "--allow" => flags.Allow.Count == 0 ? null : string.Join(',', flags.Allow),
        "--metrics" => flags.Metrics,
        _ => flags.Status,
    };
}
