namespace SmtpTlsProxy.Cli.Probing;

/// <summary>What a finding means for the verdict: only <see cref="Unsafe"/> makes a server not safe.</summary>
enum Severity { Note, Warning, Unsafe }

/// <summary>One finding. <paramref name="Code"/> is of a closed list, that of the schema.</summary>
sealed record ProbeFault(string Code, Severity Severity, string Text, string Remedy)
{
    public string Word => Severity switch
    {
        Severity.Unsafe => "unsafe",
        Severity.Warning => "warning",
        _ => "note",
    };
}
