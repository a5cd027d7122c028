using System.Text;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>A reply as it is shown: its code, and the text of its lines.</summary>
sealed record SeenReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>A server may send 64 KiB of lines; nobody reads more of them than these.</summary>
    const int MostLines = 100;

    public static SeenReply Of(TalkResult reply) => Of(reply.Code, reply.Octets);

    public static SeenReply Of(int code, ReadOnlySpan<byte> reply)
    {
        List<string> lines = [];
        foreach (ReadOnlySpan<byte> line in new EhloLines(reply))
        {
            if (lines.Count < MostLines)
                lines.Add(Printable.Of(line));
        }
        return new SeenReply(code, lines);
    }

    public bool IsFine => Code is >= 200 and < 300;

    /// <summary>What an EHLO answer offers: all lines but the first (RFC 5321 section 4.1.1.1).</summary>
    public IReadOnlyList<string> Capabilities => IsFine ? [.. Lines.Skip(1)] : [];

    public bool Offers(string keyword) => Capabilities.Any(line => KeywordOf(line).Equals(keyword, StringComparison.OrdinalIgnoreCase));

    /// <summary>Mechanisms stand behind AUTH; without any it offers nothing.</summary>
    public bool OffersAuth => Capabilities.Any(line => KeywordOf(line).Equals("AUTH", StringComparison.OrdinalIgnoreCase) && line.Length > "AUTH ".Length);

    public override string ToString()
    {
        StringBuilder text = new();
        foreach (string line in Lines.Take(3))
            text.Append(text.Length > 0 ? " / " : "").Append(line);
        return $"{Code} {text}{(Lines.Count > 3 ? " …" : "")}";
    }

    public static string KeywordOf(string line) => line.Split(' ', '=', '\t')[0];
}
