namespace SmtpTlsProxy.Configuration;

/// <summary>One thing that is wrong (or, as a warning, weak): which key, where it was written, what is the matter, what to do.</summary>
sealed record Mistake(string Path, Origin Origin, string Problem, string Remedy)
{
    public override string ToString()
    {
        string place = (Path.Length, Origin.Kind) switch
        {
            (0, _) => Origin.Text,
            (_, OriginKind.Default) => Path,
            _ => $"{Path} ({Origin})",
        };
        return $"{place}: {Problem}. {Remedy}{(Remedy.EndsWith('?') ? "" : ".")}";
    }
}
