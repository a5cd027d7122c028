using SmtpTlsProxy.EndToEnd.Transcripts;
using SmtpTlsProxy.Tests.Shared;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>The transcripts over sockets, against the running program: all but those in which time passes.</summary>
public sealed class TranscriptTest(TranscriptBench bench) : IClassFixture<TranscriptBench>
{
    public static TheoryData<string> Names => [.. TranscriptFiles.All.Where(transcript => !transcript.NeedsTime).Select(transcript => transcript.Name)];

    [Theory, MemberData(nameof(Names))]
    public Task OverSockets(string transcript) => bench.PlayAsync(TranscriptFiles.Of(transcript));
}
