using CsCheck;
using SmtpTlsProxy.Reference;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>
/// Rules 1.1, 2.1, 2.9 and 5: strict and lenient servers see exactly the messages that the client was told about, nothing is executed that
/// the client did not send as a command, content goes as the listener's word says, and replies come in order, byte for byte.
/// </summary>
public class ReferenceProperties
{
    static readonly Gen<TalkSetup> _setup = Gen.Select(Gen.Enum<BareNewlines>(), Gen.Enum<TlsMode>(), Gen.Bool, Gen.Bool, (word, mode, isTls, ownGreeting) =>
        new TalkSetup
        {
            Rules = new Rules { Hostname = "proxy.test", HasCertificate = true, BareNewlines = word, ClientTls = mode, AuthInClear = mode == TlsMode.None },
            Client = new LegSecurity(isTls || mode == TlsMode.Implicit, IsVerified: false, MayCarryAuth: true),
            OwnGreeting = ownGreeting,
        });

    [Fact]
    public void WhatTheServerTookIsWhatTheClientWasTold() =>
        Gen.Select(_setup, Conversations.Any).Sample((setup, events) => { TalkEvent.Run(setup, events); }, iter: Iterations(3000));

    [Fact]
    public void Rule5_1_SoItIsWhereverTheOctetsAreCut() =>
        Gen.Select(_setup, Conversations.Any, Gen.Int[1, 7]).Sample(
            (setup, events, piece) => { TalkEvent.Run(setup, events.SelectMany(next => Cut(next, piece))); }, iter: Iterations(1000));

    [Fact]
    public void Rule2_1_SoItIsWhoeverSpeaksFirst() =>
        Gen.Select(_setup, Conversations.Any, Gen.Int[0, 1000].Array[40]).Sample(
            (setup, events, order) => { TalkEvent.Run(setup, Shuffled(events, order)); }, iter: Iterations(1000));

    [Fact]
    public void Rule5_1_EverySmuggledEndingIsContentOrTheClientsOwnEnd()
    {
        foreach (BareNewlines word in Enum.GetValues<BareNewlines>())
        {
            foreach (string ending in Conversations.Endings)
            {
                string content = $"first{ending}MAIL FROM:<evil@x>\r\nRCPT TO:<you@x>\r\nDATA\r\nhidden\r\n.\r\n";
                for (int piece = 1; piece < content.Length; piece += 1 + (piece / 8))
                    Accepts(word, content, piece);
            }
        }
    }

    /// <summary>One message is told and taken: the comparison itself says whether it is the right one.</summary>
    static void Accepts(BareNewlines word, string content, int piece)
    {
        TalkSetup setup = new() { Rules = new Rules { Hostname = "proxy.test", BareNewlines = word } };
        TalkEvent answers = new(TalkWhat.AnswerAll);
        TalkEvent[] opening = [answers, .. "HELO c|MAIL FROM:<a@b>|RCPT TO:<c@d>|DATA".Split('|').SelectMany(line => new[] { Says(line + "\r\n"), answers })];
        Transcript said = TalkEvent.Run(setup, [.. opening, .. Cut(Says(content), piece), answers]);
        bool refused = said.ToClient.Contains("550 5.6.0");
        Assert.Equal(word == BareNewlines.Reject && content.Replace("\r\n", "").AsSpan().ContainsAny('\r', '\n'), refused);
    }

    static TalkEvent Says(string octets) => new(TalkWhat.Client, octets);

    static IEnumerable<TalkEvent> Cut(TalkEvent next, int piece) => next.Octets.Length == 0
        ? [next]
        : next.Octets.Chunk(piece).Select(octets => next with { Octets = new string(octets) });

    /// <summary>The client's events in their order, the others in theirs, one with the other at random.</summary>
    static IEnumerable<TalkEvent> Shuffled(TalkEvent[] events, int[] order)
    {
        Queue<TalkEvent> client = new(events.Where(next => next.What == TalkWhat.Client)), others = new(events.Where(next => next.What != TalkWhat.Client));
        for (int at = 0; client.Count + others.Count > 0; at++)
            yield return others.Count == 0 || (client.Count > 0 && order[at % order.Length] < 400) ? client.Dequeue() : others.Dequeue();
    }

    /// <summary>More on demand: CsCheck_Iter is CsCheck's own variable.</summary>
    static long Iterations(long usual) => long.TryParse(Environment.GetEnvironmentVariable("CsCheck_Iter"), out long asked) ? asked : usual;
}
