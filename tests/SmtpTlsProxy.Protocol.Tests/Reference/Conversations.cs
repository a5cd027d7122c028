using CsCheck;
using SmtpTlsProxy.Reference;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>Conversations out of parts: valid ones, pipelined ones, smuggling ones, chunks, AUTH and garbage.</summary>
static class Conversations
{
    public static readonly string[] Endings =
    [
        "\n.\n", "\n.\r\n", "\r.\r", "\r.\n", "\n.\r", "\r.\r\n", "\r\n.\n", "\r\n.\r", "\r\n\0.\r\n", "\r\n.\0\r\n", "\r\r\n.\r\r\n",
        "\r\n.\r\r\n", "\r\n\0\r.\r\n", "\r\n.\r\0\r\n",
    ];

    const string Hidden = "MAIL FROM:<evil@x>\r\nRCPT TO:<you@x>\r\nDATA\r\nhidden\r\n";

    static readonly Gen<string> _name = Gen.Char["abcdefgh"].Array[1, 4].Select(letters => new string(letters));

    static readonly Gen<string> _envelope = Gen.Select(_name, _name.Array[1, 3], (from, to) =>
        $"MAIL FROM:<{from}@x>\r\n" + string.Concat(to.Select(name => $"RCPT TO:<{name}@y>\r\n")));

    static readonly Gen<string> _line = OneOf("", "text", "..", ".leading", "\xe9\xff", "a\0b", "QUIT", "RSET", new string('l', 1200)).Select(line => line + "\r\n");

    static readonly Gen<string> _clean = _line.Array[0, 5].Select(lines => string.Concat(lines).Replace("\n.leading", "\n..leading"));

    static readonly Gen<string> _smuggling = Gen.Select(_clean, OneOf(Endings), (content, ending) => $"{content}first{ending}{Hidden}");

    static readonly Gen<string> _litter = OneOf("\r", "\n", ".", "\0", "a", "\r\n", "\r\n.", "\n.", ".\0", "\r\r", " ").Array[0, 30].Select(string.Concat);

    /// <summary>Content without its end.</summary>
    public static readonly Gen<string> Content = Gen.Frequency((3, _clean), (4, _smuggling), (2, _litter.Select(litter => litter + "\r\n")));

    static readonly Gen<string> _chunk = Gen.Select(Gen.Frequency((1, _litter), (1, _smuggling), (1, _clean)), Gen.Bool, (octets, last) =>
        $"BDAT {octets.Length}{(last ? " LAST" : "")}\r\n{octets}");

    static readonly Gen<string> _garbage = OneOf("NOOP\0\r\n", "XCLIENT ADDR=1\r\n", "\xff\xfe\r\n", "MAIL\tFROM:<a@b>\r\n", "NOOP \r\r\n", "Host: x\r\n", "text\r\n",
        "AUTH EXTERNAL =\r\n", "STARTTLS x\r\n", "BDAT x\r\n", "NOOP\n", "VRFY a\r\n", "EHLO d\r\n", "HELO d\r\n", "RSET\r\n", "HELP\r\n");

    /// <summary>What a client says in one go, mostly waiting for answers, sometimes not; each group and how its answers come out (higher: worse).</summary>
    static readonly Gen<string[]> _group = Gen.Frequency(
        (6, Gen.Select(_envelope, Content, Gen.Bool, (envelope, content, pipelines) =>
            pipelines ? new[] { envelope + "DATA\r\n", content + ".\r\n" } : [.. Lines(envelope), "DATA\r\n", content + ".\r\n"])),
        (3, Gen.Select(_envelope, _chunk.Array[1, 3], Gen.Bool, (envelope, chunks, pipelines) =>
            pipelines ? new[] { envelope + string.Concat(chunks) } : [.. Lines(envelope), .. chunks])),
        (1, Gen.Const(new[] { "AUTH LOGIN dXNlcg==\r\n", "cGFzcw==\r\n" })),
        (1, Gen.Const(new[] { "AUTH PLAIN\r\n", "*\r\n" })),
        (2, _garbage.Select(garbage => new[] { garbage })),
        (1, Gen.Const(new[] { "STARTTLS\r\n", "EHLO inside\r\n" })),
        (1, Gen.Const(new[] { "QUIT\r\n" })));

    static readonly Gen<int> _choice = Gen.Frequency((9, Gen.Int[0, 120]), (2, Gen.Int[0, 255]));

    /// <summary>What one side says is followed by answers, a window, a timer, an end or nothing at all.</summary>
    static readonly Gen<TalkEvent[]> _then = Gen.Frequency(
        (24, _choice.Select(choice => new[] { new TalkEvent(TalkWhat.AnswerAll, "", choice) })),
        (4, _choice.Select(choice => new[] { new TalkEvent(TalkWhat.Answer, "", choice) })),
        (3, Gen.Const(Array.Empty<TalkEvent>())),
        (1, Gen.Int[0, 60].Select(octets => new[] { new TalkEvent(TalkWhat.Window, "", octets) })),
        (1, Gen.Const(new[] { new TalkEvent(TalkWhat.Window, "", 255) })),
        (1, Gen.Int[0, 2].Select(end => new[] { new TalkEvent(TalkWhat.UpstreamEnd, "", end) })),
        (1, Gen.Int[0, 2].Select(end => new[] { new TalkEvent(TalkWhat.ClientEnd, "", end) })),
        (1, Gen.Const(new[] { new TalkEvent(TalkWhat.Timer) })),
        (1, Gen.Const(new[] { new TalkEvent(TalkWhat.Drain) })),
        (1, OneOf("250 unasked\r\n", "421 away\r\n", "250-half\r\n", "nonsense\r\n").Select(said => new[] { new TalkEvent(TalkWhat.Upstream, said) })));

    static readonly Gen<TalkEvent[]> _exchange = Gen.Select(_group, _then.Array[8], (says, then) =>
        says.SelectMany((said, at) => new[] { new TalkEvent(TalkWhat.Client, said) }.Concat(then[Math.Min(at, then.Length - 1)])).ToArray());

    public static readonly Gen<TalkEvent[]> Any = Gen.Select(Gen.Int[0, 127], _exchange.Array[1, 4], (hello, exchanges) => new[]
    {
        new TalkEvent(TalkWhat.AnswerAll), new TalkEvent(TalkWhat.Client, "EHLO c\r\n"), new TalkEvent(TalkWhat.AnswerAll, "", hello),
    }.Concat(exchanges.SelectMany(exchange => exchange)).ToArray());

    static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    static string[] Lines(string commands) => [.. commands.Split('\n')[..^1].Select(line => line + "\n")];
}
