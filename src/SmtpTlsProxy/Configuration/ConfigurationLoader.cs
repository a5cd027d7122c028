namespace SmtpTlsProxy.Configuration;

/// <summary>Reads all sources, the later over the earlier, validates all of it and reports everything at once.</summary>
static class ConfigurationLoader
{
    /// <param name="sources">File, environment, flags; the later wins.</param>
    /// <param name="machine">What it is measured against.</param>
    /// <param name="checkCertificateFiles">False on a reload, where one bad certificate is no reason to refuse the rest while another is usable.</param>
    public static LoadResult Load(IReadOnlyList<Source> sources, Machine machine, bool checkCertificateFiles = true)
    {
        Mistakes mistakes = new();
        Settings settings = new();
        SettingsReader walker = new(settings, mistakes);
        foreach (Source source in sources) walker.Read(source);
        List<EffectiveValue> effective = [];
        ProxyConfiguration configuration = new SectionReader(new KeyReader(settings, mistakes, effective), machine).Read();
        if (sources.All(source => source.Mistakes.Count == 0)) Validate(new Validation(configuration, settings, mistakes, machine), checkCertificateFiles);
        return new LoadResult(
            mistakes.Found.Count == 0 ? configuration : null,
            mistakes.Found,
            mistakes.Warnings,
            [.. effective.OrderBy(value => value.Path, StringComparer.Ordinal)],
            [.. sources.Select(source => source.File).OfType<string>()]);
    }

    // A file that could not be read at all is the one mistake: what follows from it is noise.
    static void Validate(Validation validation, bool checkCertificateFiles)
    {
        References.Check(validation);
        AddressConflicts.Check(validation);
        ListenerRules.Check(validation);
        UpstreamRules.Check(validation);
        TlsSettingsRules.Check(validation);
        RelayRefusals.Check(validation);
        RatchetChecks.Check(validation);
        CertificateRules.Check(validation);
        if (checkCertificateFiles) CertificateFileChecks.Check(validation);
        if (checkCertificateFiles) TicketFile.Check(validation);
        Weaknesses.Check(validation);
    }
}
