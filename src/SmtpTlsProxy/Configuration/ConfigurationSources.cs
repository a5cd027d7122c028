namespace SmtpTlsProxy.Configuration;

/// <summary>The sources of one start in their order: file, environment, flags. The later wins.</summary>
static class ConfigurationSources
{
    public const string DefaultFile = "/etc/smtp-tls-proxy/config.yaml";

    public static IReadOnlyList<Source> Read(string? configFile = null, RunFlags? flags = null) =>
        Read(configFile, flags ?? new RunFlags(), EnvironmentSource.FromProcess(), DefaultFile);

    public static IReadOnlyList<Source> Read(string? configFile, RunFlags flags, Source environment, string defaultFile)
    {
        string? file = configFile ?? (File.Exists(defaultFile) ? defaultFile : null);
        Source flagged = FlagSource.From(flags);
        Source first = file is not null ? YamlSource.FromFile(file) : flagged.Root is not null ? FlagSource.Defaults() : Source.Of("no file", null);
        return [first, environment, flagged];
    }
}
