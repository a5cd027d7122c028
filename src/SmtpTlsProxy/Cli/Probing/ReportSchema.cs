namespace SmtpTlsProxy.Cli.Probing;

/// <summary>The JSON Schemas of <c>probe --json</c> and <c>explain --json</c>, as they lie in the repository.</summary>
static class ReportSchema
{
    public static string Probe => Read("probe.schema.json");

    public static string Explain => Read("explain.schema.json");

    static string Read(string name)
    {
        using Stream stream = typeof(ReportSchema).Assembly.GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
