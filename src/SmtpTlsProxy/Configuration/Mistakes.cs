namespace SmtpTlsProxy.Configuration;

/// <summary>Collects every mistake and warning of one load, so that an operator hears all of them at once.</summary>
sealed class Mistakes
{
    readonly List<Mistake> _mistakes = [];
    readonly List<Mistake> _warnings = [];

    public IReadOnlyList<Mistake> Found => _mistakes;
    public IReadOnlyList<Mistake> Warnings => _warnings;

    public void Add(Mistake mistake)
    {
        if (!_mistakes.Contains(mistake)) _mistakes.Add(mistake);
    }

    public void Add(string path, Origin origin, string problem, string remedy) => Add(new Mistake(path, origin, problem, remedy));

    public void Warn(string path, Origin origin, string problem, string remedy)
    {
        Mistake warning = new(path, origin, problem, remedy);
        if (!_warnings.Contains(warning)) _warnings.Add(warning);
    }

    /// <summary>A value that could not be read must not be blamed twice.</summary>
    public bool Concern(string path) => _mistakes.Exists(mistake => mistake.Path == path);
}
