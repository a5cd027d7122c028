namespace SmtpTlsProxy.Cli.Probing;

/// <summary>The JSON Schema of <c>probe --json</c>, as it lies in the repository.</summary>
static class ProbeSchema
{
    public static string Read()
    {
        using Stream stream = typeof(ProbeSchema).Assembly.GetManifestResourceStream("probe.schema.json")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
