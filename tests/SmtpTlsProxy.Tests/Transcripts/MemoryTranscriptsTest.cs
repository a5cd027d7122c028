using SmtpTlsProxy.Tests.Shared;

namespace SmtpTlsProxy.Transcripts;

/// <summary>Every transcript between two wires in memory; however the octets are cut, the outcome is the same.</summary>
public class MemoryTranscriptsTest
{
    public static TheoryData<string, string> Plays()
    {
        TheoryData<string, string> plays = [];
        foreach (Transcript transcript in TranscriptFiles.All.Where(transcript => !transcript.NeedsSockets))
            foreach (Cut cut in transcript.MayBeCut ? Enum.GetValues<Cut>() : [Cut.Whole])
                plays.Add(transcript.Name, cut.ToString());
        return plays;
    }

    [Theory, MemberData(nameof(Plays))]
    public async Task InMemory(string transcript, string cut)
    {
        Transcript played = TranscriptFiles.Of(transcript);
        using MemoryStage stage = new(played, Enum.Parse<Cut>(cut));
        await new Player(played, stage).PlayAsync();
    }
}
