namespace SmtpTlsProxy.Cli.Probing;

/// <summary>Findings as they are collected.</summary>
sealed class Findings
{
    readonly List<ProbeFault> _all = [];

    /// <summary>The worst first.</summary>
    public IReadOnlyList<ProbeFault> All => [.. _all.OrderByDescending(fault => fault.Severity)];

    public void Unsafe(string code, string text, string remedy) => _all.Add(new ProbeFault(code, Severity.Unsafe, text, remedy));

    public void Warn(string code, string text, string remedy) => _all.Add(new ProbeFault(code, Severity.Warning, text, remedy));

    public void Note(string code, string text, string remedy) => _all.Add(new ProbeFault(code, Severity.Note, text, remedy));

    public void Add(bool isUnsafe, string code, string text, string remedy) =>
        _all.Add(new ProbeFault(code, isUnsafe ? Severity.Unsafe : Severity.Warning, text, remedy));
}
