using System.Text;

namespace SmtpTlsProxy.Cli.Demo;

/// <summary>Two recordings in two columns: what a listener on the wire sees, and what the legacy server sees.</summary>
static class SideBySide
{
    const int Width = 58;

    public static string Render(string leftTitle, byte[] left, string rightTitle, byte[] right, int rows)
    {
        List<string> leftLines = Lines(left, rows);
        List<string> rightLines = Lines(right, rows);
        StringBuilder page = new();
        page.AppendLine($"  {Cell(leftTitle)} │ {rightTitle}");
        page.AppendLine($"  {new string('─', Width)}─┼─{new string('─', Width)}");
        for (int row = 0; row < Math.Max(leftLines.Count, rightLines.Count); row++)
            page.AppendLine($"  {Cell(At(leftLines, row))} │ {At(rightLines, row)}".TrimEnd());
        return page.ToString();
    }

    static string At(List<string> lines, int row) => row < lines.Count ? lines[row] : "";

    static string Cell(string text) => text.PadRight(Width);

    static List<string> Lines(byte[] octets, int rows)
    {
        List<string> lines = [];
        foreach (string line in Encoding.Latin1.GetString(octets).Split("\r\n"))
            lines.AddRange(Printable(line).Chunk(Width).Select(chunk => new string(chunk)));
        if (lines.Count <= rows)
            return lines;
        int more = lines.Count - rows + 1;
        lines.RemoveRange(rows - 1, more);
        lines.Add($"… and {more} lines more");
        return lines;
    }

    static string Printable(string line) => string.Concat(line.Select(c => c is >= ' ' and <= '~' ? c : '·'));
}
