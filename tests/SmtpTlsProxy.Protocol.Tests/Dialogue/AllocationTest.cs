namespace SmtpTlsProxy.Protocol.Tests;

public class AllocationTest
{
    [Fact]
    public void AMessageAllocatesNothing()
    {
        Rules rules = new() { BadCommands = int.MaxValue };
        Protocol.Dialogue dialogue = Protocol.Dialogue.Start(rules, default, new(false, false, true), ownGreeting: false, new Quiet());
        Reply(dialogue, "220 mx.test\r\n"u8);
        Command(dialogue, "EHLO client.test\r\n"u8);
        Reply(dialogue, "250-mx.test\r\n250-PIPELINING\r\n250 CHUNKING\r\n"u8);
        for (int warm = 0; warm < 50; warm++)
            Message(dialogue);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
            Message(dialogue);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    static void Message(Protocol.Dialogue dialogue)
    {
        Command(dialogue, "MAIL FROM:<a@b> SIZE=10\r\n"u8);
        Command(dialogue, "RCPT TO:<c@d>\n"u8);
        Command(dialogue, "DATA\r\n"u8);
        Reply(dialogue, "250 ok\r\n"u8);
        Reply(dialogue, "250 ok\r\n"u8);
        Reply(dialogue, "354 go\r\n"u8);
        Command(dialogue, "Subject: x\r\n\r\nhello\r\n"u8);
        Command(dialogue, ".\r\n"u8);
        Reply(dialogue, "250 ok\r\n"u8);
        Command(dialogue, "XCLIENT ADDR=1\r\n"u8);
        Assert.True(dialogue.TryTakeOwnReply(false, out _));
        Command(dialogue, "MAIL FROM:<a@b>\r\n"u8);
        Command(dialogue, "BDAT 2 LAST\r\n"u8);
        Command(dialogue, "ab"u8);
        Reply(dialogue, "250 ok\r\n"u8);
        Reply(dialogue, "250 ok\r\n"u8);
        dialogue.After(timerFired: false, draining: false, upstreamUnsent: 0);
    }

    static void Command(Protocol.Dialogue dialogue, ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
            octets = octets[dialogue.FromClient(octets).Consumed..];
    }

    static void Reply(Protocol.Dialogue dialogue, ReadOnlySpan<byte> octets)
    {
        if (dialogue.FromUpstream(octets, octetsBehind: false).Consumed != octets.Length)
            throw new InvalidOperationException();
    }

    sealed class Quiet : DialogueObserver;
}
