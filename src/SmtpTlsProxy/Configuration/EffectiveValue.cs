namespace SmtpTlsProxy.Configuration;

/// <summary>What holds for one path, and where it came from.</summary>
sealed record EffectiveValue(string Path, string Value, Origin Origin)
{
    public KeyDefinition? Key => KeyTable.Of(Path);

    public override string ToString() => $"{Path}: {Value}  # {Origin}";
}
