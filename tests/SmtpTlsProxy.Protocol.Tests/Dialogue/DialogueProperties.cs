using CsCheck;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>Whatever both sides say, at whatever cut, the dialogue stays within its bounds.</summary>
public class DialogueProperties
{
    static readonly string[] _clientWords =
    [
        "EHLO c\r\n", "HELO c\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n", "DATA\r\n", "BDAT 5\r\nabcde", "BDAT 3 LAST\r\nxyz",
        "RSET\r\n", "NOOP\r\n", "QUIT\r\n", "STARTTLS\r\n", "AUTH PLAIN\r\n", "AUTH EXTERNAL =\r\n", "XCLIENT ADDR=1\r\n", "VRFY x\r\n",
        "GET / HTTP/1.1\r\n", "x\n", ".\r\n", "\r\n.\r\n",
        "text\r\n", "\n.\n", "\r", "\0", "XUNKNOWN\r\n", "BDAT x\r\n", "\x16\x03\x01",
    ];

    static readonly string[] _upstreamWords =
    [
        "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "334 x\r\n", "235 ok\r\n",
        "250-mx\r\n250-PIPELINING\r\n250-AUTH PLAIN EXTERNAL\r\n250 CHUNKING\r\n",
        "550 no\r\n", "451 later\r\n", "221 bye\r\n", "502 what\r\n", "421 bye\r\n", "garbage", "250-half\r\n", "355 x\r\n",
    ];

    enum Side { Client, Upstream, Answer, ClientEnd, UpstreamEnd, Timer, Drain }

    static readonly Gen<(Side Side, string Octets)> _event = Gen.Frequency(
        (12, OneOf(_clientWords).Select(word => (Side.Client, word))),
        (1, OneOf(_upstreamWords).Select(word => (Side.Upstream, word))),
        (12, OneOf(_upstreamWords[..^5]).Select(word => (Side.Answer, word))),
        (1, OneOf((Side.ClientEnd, ""), (Side.UpstreamEnd, ""), (Side.Timer, ""), (Side.Drain, ""))));

    static readonly Gen<Setup> _setup = OneOf(
        Setup.Default, Setup.Tls, Setup.StartTls, Setup.Required, Setup.InsideStartTls, Setup.Default with { OwnGreeting = true },
        Setup.Tls.With(rules => rules with { BareNewlines = BareNewlines.Reject }), Setup.StartTls.With(rules => rules with { AuthInClear = true }));

    [Fact]
    public void NothingThatBothSidesSayBreaksItAndTheCutDecidesNothing() =>
        Gen.Select(_setup, _event.Array[1, 60]).Sample((setup, events) =>
        {
            (string whole, bool cutDecides) = Talk(setup with { Cuts = [Cut.Whole] }, events);
            (string octets, _) = Talk(setup with { Cuts = [Cut.Octet] }, events);
            if (!cutDecides)
                Assert.Equal(whole, octets);
        }, iter: Iterations(2000));

    [Fact]
    public void Rule3_1_InTheClearNothingForbiddenReachesTheUpstreamOfARequiredListener() =>
        _event.Array[1, 60].Sample(events =>
        {
            (string transcript, _) = Talk(Setup.Required with { Cuts = [Cut.Whole] }, events);
            string[] lines = transcript.Split("to upstream:\n")[1].Split("\r\n")[..^1];
            Assert.All(lines, line => Assert.Contains(line[..4], (string[])["EHLO", "HELO", "NOOP", "RSET", "QUIT"]));
        }, iter: Iterations(1000));

    /// <summary>More on demand: CsCheck_Iter is CsCheck's own variable.</summary>
    static long Iterations(long usual) => long.TryParse(Environment.GetEnvironmentVariable("CsCheck_Iter"), out long asked) ? asked : usual;

    static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    static (string Transcript, bool CutDecides) Talk(Setup setup, (Side Side, string Octets)[] events)
    {
        (string, bool) result = default;
        DialogueScript.Play(setup, s =>
        {
            s.Upstream(setup.OwnGreeting || setup.AfterStartTls is not null ? "" : "220 mx\r\n");
            foreach ((Side side, string octets) in events)
            {
                Do(s, side, octets);
                CheckMessages(s);
            }
            s.Dialogue.Abandon();
            CheckMessages(s);
            // The cut may decide two things only: what had arrived behind a refusal, and how much went up before a bare octet was met.
            result = (s.Transcript(), s.Heard.ByClient.Any(kind => kind is Violation.BehindRefusal or Violation.EarlyTalker)
                || s.Heard.Policies.Contains((ReportOnly.BareNewlines, true)));
        });
        return result;
    }

    static void Do(DialogueScript s, Side side, string octets)
    {
        switch (side)
        {
            case Side.Client: s.Client(octets); break;
            case Side.Upstream: s.Upstream(octets); break;
            case Side.Answer when s.Dialogue.Waiting.For is Awaits.Reply or Awaits.DataTermination or Awaits.Quit: s.Upstream(octets); break;
            case Side.ClientEnd: s.ClientEnds(); break;
            case Side.UpstreamEnd: s.UpstreamEnds(); break;
            case Side.Timer: s.Timer(s.Dialogue.Waiting.For); break;
            case Side.Drain: s.Drain(); break;
        }
    }

    static void CheckMessages(DialogueScript s)
    {
        Assert.True(s.Heard.Messages.Count <= s.Heard.Began, "A message ended that had not begun, or twice.");
    }
}
