using BenchmarkDotNet.Attributes;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Benchmarks.Micro;

/// <summary>A dialogue as the relay drives it, without sockets: what one command, one message and one session cost. Times are a command's, where there are many.</summary>
public class DialogueBenchmark
{
    const int Group = 100;
    static readonly byte[] s_block = Contents.Of("base64", 60 * 1024);
    static readonly byte[] s_group = [.. Enumerable.Repeat("RCPT TO:<reader@example.org>\r\n"u8.ToArray(), Group).SelectMany(line => line)];
    static readonly byte[] s_answers = [.. Enumerable.Repeat("250 2.1.5 Ok\r\n"u8.ToArray(), Group).SelectMany(line => line)];
    readonly Quiet _quiet = new();
    readonly Rules _rules = new() { BadCommands = int.MaxValue };
    Dialogue _dialogue = null!;

    [GlobalSetup]
    public void Open()
    {
        _dialogue = Introduced();
        Exchange("MAIL FROM:<sender@example.org>\r\n"u8, "250 2.1.0 Ok\r\n"u8);
    }

    [Benchmark(Description = "one command and its reply")]
    public void Command() => Exchange("RCPT TO:<reader@example.org>\r\n"u8, "250 2.1.5 Ok\r\n"u8);

    [Benchmark(Description = "a command of a group of 100", OperationsPerInvoke = Group)]
    public void Pipelined()
    {
        Client(s_group);
        Upstream(s_answers);
    }

    [Benchmark(Description = "a command answered here")]
    public bool Own()
    {
        Client("XCLIENT ADDR=192.0.2.1\r\n"u8);
        return _dialogue.TryTakeOwnReply(false, out _);
    }

    [Benchmark(Description = "a message of 60 KiB")]
    public void Message()
    {
        Exchange("MAIL FROM:<sender@example.org>\r\n"u8, "250 2.1.0 Ok\r\n"u8);
        Exchange("RCPT TO:<reader@example.org>\r\n"u8, "250 2.1.5 Ok\r\n"u8);
        Exchange("DATA\r\n"u8, "354 Go on\r\n"u8);
        Client(s_block);
        Exchange("\r\n.\r\n"u8, "250 2.0.0 Ok\r\n"u8);
        Exchange("MAIL FROM:<sender@example.org>\r\n"u8, "250 2.1.0 Ok\r\n"u8);
    }

    [Benchmark(Description = "a session to EHLO")]
    public Dialogue Session() => Introduced();

    Dialogue Introduced()
    {
        Dialogue before = _dialogue;
        _dialogue = Dialogue.Start(_rules, new(true, false, true), new(false, false, true), ownGreeting: false, _quiet);
        Upstream("220 mail.example.org ESMTP\r\n"u8);
        Exchange("EHLO client.example.org\r\n"u8, "250-mail.example.org\r\n250-PIPELINING\r\n250-AUTH PLAIN\r\n250 CHUNKING\r\n"u8);
        Dialogue made = _dialogue;
        _dialogue = before ?? made;
        return made;
    }

    void Exchange(ReadOnlySpan<byte> command, ReadOnlySpan<byte> reply)
    {
        Client(command);
        Upstream(reply);
        _dialogue.After(timerFired: false, draining: false, upstreamUnsent: 0);
    }

    void Client(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            ClientStep step = _dialogue.FromClient(octets);
            if (step.NeedsMore)
                break;
            octets = octets[step.Consumed..];
        }
    }

    void Upstream(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
            octets = octets[_dialogue.FromUpstream(octets, octetsBehind: false).Consumed..];
    }

    sealed class Quiet : DialogueObserver;
}
