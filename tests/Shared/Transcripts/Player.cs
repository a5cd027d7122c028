using System.Text;

namespace SmtpTlsProxy.Tests.Shared;

/// <summary>Plays a transcript on a stage. A failure says the file's line, what should have been heard and what was.</summary>
sealed class Player(Transcript transcript, Stage stage)
{
    public async Task PlayAsync()
    {
        await stage.ConnectAsync();
        for (int at = 0; at < transcript.Steps.Count; at++)
            await PlayAsync(transcript.Steps[at], transcript.Steps.ElementAtOrDefault(at + 1));
        foreach (Side who in (Side[])[Side.Client, Side.Upstream])
            Nothing(who, await stage.RestAsync(who), "the end");
    }

    Task PlayAsync(Step step, Step? next)
    {
        if (!step.OnlyLooks)
            NothingUnasked(step.Line);
        return step switch
        {
            Step.Say say => stage.SayAsync(say.Who, say.Octets, EndsListening(say.Who, next)),
            Step.Hear hear => HearAsync(hear),
            Step.Handshake tls => HandshakeAsync(tls),
            Step.Fin fin => stage.FinAsync(fin.Who),
            Step.Reset reset => stage.ResetAsync(reset.Who),
            Step.Ended ended => EndedAsync(ended),
            Step.Silent silent => SilentAsync(silent),
            Step.NotDialled => NotDialledAsync(step.Line),
            Step.Time time => stage.AfterAsync(time.Span),
            _ => stage.DrainAsync(),
        };
    }

    static bool EndsListening(Side who, Step? next) => next switch
    {
        Step.Handshake handshake => handshake.Who == who,
        Step.Reset reset => reset.Who == who,
        _ => false,
    };

    async Task HearAsync(Step.Hear hear)
    {
        byte[] heard = hear.IsPrefix ? await stage.HearLineAsync(hear.Who) : await stage.HearAsync(hear.Who, hear.Octets.Length);
        bool isIt = hear.IsPrefix ? heard.AsSpan().StartsWith(hear.Octets) && heard.AsSpan().EndsWith("\r\n"u8) : heard.AsSpan().SequenceEqual(hear.Octets);
        if (!isIt)
            Fail(hear.Line, $"{hear.Who} should hear\n{Octets.Show(hear.Octets)}\nbut heard\n{Octets.Show([.. heard, .. await stage.RestAsync(hear.Who)])}");
    }

    async Task HandshakeAsync(Step.Handshake handshake)
    {
        bool succeeded = await stage.HandshakeAsync(handshake);
        if (succeeded == handshake.Fails)
            Fail(handshake.Line, $"{handshake.Who}'s handshake {(succeeded ? "succeeded" : "failed")}");
    }

    async Task EndedAsync(Step.Ended ended)
    {
        string end = await stage.EndAsync(ended.Who);
        Nothing(ended.Who, await stage.RestAsync(ended.Who), $"line {ended.Line}");
        if (end != (ended.Aborted ? "aborted" : "closed"))
            Fail(ended.Line, $"{ended.Who} is {end}");
    }

    async Task SilentAsync(Step.Silent silent) => Nothing(silent.Who, await stage.RestAsync(silent.Who), $"line {silent.Line}");

    Task NotDialledAsync(int line)
    {
        if (stage.IsDialled)
            Fail(line, "the server was dialled");
        return Task.CompletedTask;
    }

    void NothingUnasked(int line)
    {
        Nothing(Side.Client, stage.Unasked(Side.Client), $"line {line}");
        Nothing(Side.Upstream, stage.Unasked(Side.Upstream), $"line {line}");
    }

    void Nothing(Side who, byte[] heard, string where)
    {
        if (heard.Length > 0)
            Assert.Fail($"{transcript.Name}, before {where}: {who} should hear nothing more, but heard\n{Octets.Show(heard)}");
    }

    void Fail(int line, string what) => Assert.Fail(new StringBuilder(transcript.Name).Append($", line {line}: ").Append(what).ToString());
}
