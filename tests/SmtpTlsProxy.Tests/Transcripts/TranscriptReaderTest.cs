using System.Text;
using SmtpTlsProxy.Tests.Shared;

namespace SmtpTlsProxy.Transcripts;

/// <summary>The language of the transcripts.</summary>
public class TranscriptReaderTest
{
    [Theory]
    [InlineData("NOOP", "NOOP\r\n")]
    [InlineData("", "\r\n")]
    [InlineData("half\\", "half")]
    [InlineData("a\\\\", "a\\\r\n")]
    [InlineData(@"\r\n\0\t\x7f\", "\r\n\0\t\x7f")]
    [InlineData(@"<\{ab*3}>\", "<ababab>")]
    [InlineData(@"\{RSET\r\n*2}\", "RSET\r\nRSET\r\n")]
    [InlineData("é\\", "Ã©")]
    public void ALineIsOctets(string text, string octets) => Assert.Equal(octets, Encoding.Latin1.GetString(Octets.Parse(text)));

    [Fact]
    public void LinesOfOneSpeakerAreOneSegmentUntilSomethingElseComes()
    {
        Transcript read = Read("C> a", "C> b", "", "C> c", "# why", "C> d", "U> e");
        Assert.Equal(["a\r\nb\r\n", "c\r\n", "d\r\n", "e\r\n"], read.Steps.Cast<Step.Say>().Select(say => Encoding.Latin1.GetString(say.Octets)));
    }

    [Fact]
    public void TheHeadNamesRulesAndKeys()
    {
        Transcript read = Read("# why", "rule: 3.3, 5.2a", "listener: tls=required limits.badCommands=2 limits.commandLine=512", "cut: whole");
        Assert.Equal(["3.3", "5.2a"], read.Rules);
        Assert.Equal("tls: required, limits: { badCommands: 2, commandLine: 512 }", read.Listener.Yaml());
        Assert.False(read.MayBeCut);
    }

    [Theory]
    [InlineData("C: sings")]
    [InlineData("C> \\q")]
    [InlineData("who: knows")]
    [InlineData("C>NOOP")]
    [InlineData("listener: tls")]
    public void WhatIsNotUnderstoodIsRefusedWithItsLine(string line) =>
        Assert.Contains("x, line 2: ", Assert.Throws<FormatException>(() => Read("# why", line)).Message, StringComparison.Ordinal);

    static Transcript Read(params string[] lines) => TranscriptReader.Read("x", lines);
}
