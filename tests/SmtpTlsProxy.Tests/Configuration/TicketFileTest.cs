using System.Security.Cryptography;
using System.Text;

namespace SmtpTlsProxy.Configuration;

public class TicketFileTest
{
    static readonly byte[] s_one = Key(80, 1);
    static readonly byte[] s_two = Key(80, 2);
    static readonly byte[] s_old = Key(48, 3);

    [Fact]
    public void OctetsAreReadAsNginxHasThem()
    {
        Assert.Equal([s_one], TicketFile.Read(s_one).Value);
        Assert.Equal([s_one, s_two], TicketFile.Read([.. s_one, .. s_two]).Value);
        Assert.Equal([s_old], TicketFile.Read(s_old).Value);
    }

    [Fact]
    public void LinesAreReadAsHaProxyHasThem() =>
        Assert.Equal([s_two, s_one, s_old], TicketFile.Read(Encoding.ASCII.GetBytes($"{Convert.ToBase64String(s_two)}\r\n{Convert.ToBase64String(s_one)}\n\n{Convert.ToBase64String(s_old)}")).Value);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("nothing", "line 1 is no base64")]
    [InlineData("AAAA", "line 1 is no base64 of 80 or 48")]
    public void WhatIsNoKeyIsSaidWithoutIt(string text, string problem)
    {
        string? said = TicketFile.Read(Encoding.ASCII.GetBytes(text)).Problem;
        Assert.Contains(problem, said, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing", said, StringComparison.Ordinal);
    }

    [Fact]
    public void WeakOnesAreRefused()
    {
        Assert.Contains("octets", TicketFile.Read(Key(79, 1)).Problem, StringComparison.Ordinal);
        Assert.Contains("guesses", TicketFile.Read(new byte[80]).Problem, StringComparison.Ordinal);
        Assert.Contains("twice", TicketFile.Read([.. s_one, .. s_one]).Problem, StringComparison.Ordinal);
        Assert.Contains("more than 16", TicketFile.Read([.. Enumerable.Range(1, 17).SelectMany(number => Key(80, number))]).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ALongRotationIsWarnedAbout()
    {
        Given.Warns(Given.Load(Given.Minimal + "tickets: { rotation: 48h }"), "tickets.rotation", "twice as long");
        Given.DoesNotWarn(Given.Load(Given.Minimal + "tickets: { rotation: 24h }"), "tickets.rotation");
    }

    [Fact]
    public void TheConfigurationChecksTheFile()
    {
        string good = Given.TicketKeys("good.keys", 1, 2);
        Assert.Equal(good, Given.Valid(Given.Minimal + $"tickets: {{ keyFile: {good}, rotation: 1h }}").Tickets.KeyFile);
        Assert.Equal("tickets.keyFile", Given.OnlyMistake(Given.Minimal + $"tickets: {{ keyFile: {Given.File("bad.keys", "bad")} }}").Path);
        Assert.Contains("cannot be read", Given.OnlyMistake(Given.Minimal + "tickets: { keyFile: /nonexistent }").Problem, StringComparison.Ordinal);
        File.SetUnixFileMode(good, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Given.Warns(Given.Load(Given.Minimal + $"tickets: {{ keyFile: {good} }}"), "tickets.keyFile", "by everybody");
        File.SetUnixFileMode(good, UnixFileMode.UserRead);
        Given.DoesNotWarn(Given.Load(Given.Minimal + $"tickets: {{ keyFile: {good} }}"), "tickets.keyFile");
    }

    static byte[] Key(int size, int number) => [.. Enumerable.Range(0, size).Select(at => SHA256.HashData(BitConverter.GetBytes(at + (number * 1000)))[0])];
}
