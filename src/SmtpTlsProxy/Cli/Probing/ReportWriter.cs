namespace SmtpTlsProxy.Cli.Probing;

/// <summary>Lines with a heading in front, wrapped at a width that a terminal has.</summary>
sealed class ReportWriter(TextWriter output, Palette palette)
{
    const int Indent = 16;
    const int Width = 120;

    public Palette Palette => palette;

    public void Line(string text = "") => output.WriteLine(text);

    /// <summary>A heading and its text; an empty heading continues the one before.</summary>
    public void Entry(string heading, string text)
    {
        string front = palette.Title(heading) + new string(' ', Math.Max(1, Indent - heading.Length));
        foreach (string line in Wrapped(text))
        {
            output.WriteLine((front + line).TrimEnd());
            front = new string(' ', Indent);
        }
    }

    /// <summary>A finding: a mark in colour, its text, and what to do about it.</summary>
    public void Finding(ProbeFault fault)
    {
        string word = fault.Severity is Severity.Unsafe ? "NOT SAFE" : fault.Word;
        string painted = fault.Severity switch
        {
            Severity.Unsafe => palette.Bad(word),
            Severity.Warning => palette.Doubtful(word),
            _ => word,
        };
        output.WriteLine($"  {painted}{new string(' ', Indent - 2 - word.Length)}{palette.Title(fault.Code)}");
        foreach (string line in Wrapped($"{fault.Text}. {fault.Remedy}."))
            output.WriteLine(new string(' ', Indent) + line);
    }

    static IEnumerable<string> Wrapped(string text)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + word.Length >= Width - Indent)
            {
                yield return line;
                line = "";
            }
            line = line.Length > 0 ? $"{line} {word}" : word;
        }
        yield return line;
    }
}
