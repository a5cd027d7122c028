using System.Text;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Reference;

namespace SmtpTlsProxy.Fuzz;

/// <summary>The first octet is the policy; the rest are capability lines, one behind each LF.</summary>
static class EhloTarget
{
    public static void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        int choice = input[0];
        EhloPolicy policy = new((choice & 1) != 0, (choice & 2) != 0, (choice & 4) != 0, (choice & 8) != 0 ? 5000 : null, (choice & 16) != 0);
        string[] lines = Demand.Latin(input.AsSpan(1)).Replace("\r", "").Replace("\0", "").Split('\n');
        byte[] buffer = new byte[16];
        EhloAnswer answer = new();
        string got = Demand.Latin(EhloRewriter.Rewrite(Encoding.Latin1.GetBytes(AsReply(lines)), policy, answer, ref buffer));
        List<string> expected = ReferenceEhlo.Rewrite(lines, policy);
        ReplyStream stream = ReplyStream.Split(got, lfEnds: false);
        Demand.That(stream.Replies.Count == 1 && stream.IsClean, $"no single reply: {Show.Octets(got)}");
        string[] texts = [.. got.Split("\r\n")[..^1].Select(line => line.Length > 4 ? line[4..] : "")];
        Demand.That(texts.Select(InWords).SequenceEqual(expected.Select(InWords)), $"{Show.Octets(got)}\nwhere right is\n{Show.Octets(AsReply(expected))}");
        Untouched(lines, texts);
    }

    static string AsReply(IReadOnlyList<string> lines) =>
        string.Concat(lines.Select((line, at) => $"250{(at < lines.Count - 1 ? '-' : ' ')}{line}\r\n"));

    static string InWords(string line) => string.Join(' ', Apart(line).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));

    /// <summary><c>AUTH</c>, what separates it, and its mechanisms.</summary>
    static string Apart(string line) => line.TrimStart(' ', '\t') is var auth && ReferenceEhlo.Keyword(line) == "AUTH" && auth.Length > 4 ? auth.Insert(5, " ") : line;

    /// <summary>Order, case and blanks are kept where no part of a line goes: AUTH and SIZE alone may be written anew.</summary>
    static void Untouched(string[] lines, string[] got)
    {
        foreach (string line in got.Where(line => ReferenceEhlo.Keyword(line) is not ("AUTH" or "SIZE" or "STARTTLS")))
            Demand.That(lines.Contains(line), $"{Show.Octets(line)} was not the server's");
    }
}
