using System.Text;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Reference;

/// <summary>
/// A talk written as octets: one that chooses the setup, then events, each a letter and what belongs to it. Whatever is no letter of an event
/// is a word out of the list, so that any input is a talk.
/// </summary>
public static class TalkInput
{
    const int MostEvents = 400;

    static readonly string[] _words =
    [
        "EHLO c\r\n", "HELO c\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n", "DATA\r\n", "BDAT 5\r\nabcde", "BDAT 3 LAST\r\nxyz", "RSET\r\n",
        "NOOP\r\n", "QUIT\r\n", "STARTTLS\r\n", "AUTH PLAIN\r\n", "AUTH LOGIN dXNlcg==\r\n", "AUTH EXTERNAL =\r\n", "XCLIENT ADDR=1\r\n",
        "VRFY x\r\n", "GET / HTTP/1.1\r\n", "text\r\n", ".\r\n", "\r\n.\r\n", "\n.\n", "\n.\r\n", "\r.\r", "\r.\n", "\n.\r", "\r.\r\n", "\r\n.\n",
        "\r\n.\r", "\r\n\0.\r\n", "\r\n.\0\r\n", "\r\r\n.\r\r\n", "..\r\n", "\r", "\n", "\0", ".", "NOOP x\n", "MAIL FROM:<x@y> BODY=BINARYMIME PRDR\r\n",
        "BDAT 0 LAST\r\n", "BDAT 99999999999999999999\r\n", "BDAT\t5\r\n", "EHLO\tx\r\n", "\x16\x03\x01", "Subject: a\r\n\r\n", "*\r\n", "dGVzdA==\r\n",
        "LHLO c\r\n", "NOOP \x01\r\n", "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n", "BDAT 4\r\n.\r\n.",
    ];

    public static (TalkSetup Setup, List<TalkEvent> Events) Read(ReadOnlySpan<byte> input)
    {
        List<TalkEvent> events = [];
        TalkSetup setup = input.IsEmpty ? new() : SetupOf(input[0]);
        int at = 1;
        while (at < input.Length && events.Count < MostEvents)
            events.Add(Next(input, ref at));
        return (setup, events);
    }

    static TalkSetup SetupOf(byte choice)
    {
        bool isTls = (choice & 4) != 0;
        TlsMode mode = (choice & 24) switch { 8 => TlsMode.Opportunistic, 16 => TlsMode.Required, 24 => TlsMode.Implicit, _ => TlsMode.None };
        return new TalkSetup
        {
            Rules = new Rules
            {
                Hostname = "proxy.test", HasCertificate = true, BareNewlines = (BareNewlines)(choice & 3), ClientTls = mode,
                AuthInClear = mode == TlsMode.None, Quirks = (choice & 64) != 0 ? Quirks.LfReplies : Quirks.None,
                EarlyTalkers = (choice & 128) != 0 ? EarlyTalkers.Refuse : EarlyTalkers.Wait,
            },
            Client = new LegSecurity(isTls || mode == TlsMode.Implicit, IsVerified: false, MayCarryAuth: true),
            OwnGreeting = (choice & 32) != 0,
        };
    }

    static TalkEvent Next(ReadOnlySpan<byte> input, ref int at)
    {
        byte letter = input[at++];
        return letter switch
        {
            (byte)'c' => new(TalkWhat.Client, Octets(input, ref at)),
            (byte)'r' => new(TalkWhat.Client, new string((char)Number(input, ref at), 64 * Number(input, ref at))),
            (byte)'w' => new(TalkWhat.Client, _words[Number(input, ref at) % _words.Length]),
            (byte)'a' => new(TalkWhat.Answer, "", Number(input, ref at)),
            (byte)'A' => new(TalkWhat.AnswerAll, "", Number(input, ref at)),
            (byte)'u' => new(TalkWhat.Upstream, Octets(input, ref at)),
            (byte)'v' => new(TalkWhat.Window, "", Number(input, ref at)),
            (byte)'t' => new(TalkWhat.Timer),
            (byte)'d' => new(TalkWhat.Drain),
            (byte)'e' => new(TalkWhat.ClientEnd, "", Number(input, ref at)),
            (byte)'f' => new(TalkWhat.UpstreamEnd, "", Number(input, ref at)),
            _ => new(TalkWhat.Client, _words[letter % _words.Length]),
        };
    }

    static int Number(ReadOnlySpan<byte> input, ref int at) => at < input.Length ? input[at++] : 0;

    static string Octets(ReadOnlySpan<byte> input, ref int at)
    {
        int length = Math.Min(Number(input, ref at), input.Length - at);
        string octets = Encoding.Latin1.GetString(input.Slice(at, length));
        at += length;
        return octets;
    }
}
