using SmtpTlsProxy.Tests.Shared;

namespace SmtpTlsProxy.EndToEnd.Transcripts;

/// <summary>One proxy for all transcripts that can share one: a listener and an upstream each.</summary>
public sealed class TranscriptBench : IAsyncLifetime
{
    readonly Scratch _scratch = new();
    readonly Dictionary<string, SocketStage> _stages = [];
    readonly TestCa _ca;
    ProxyProcess? _proxy;

    public TranscriptBench() => _ca = new TestCa(_scratch);

    public async ValueTask InitializeAsync()
    {
        foreach (Transcript transcript in TranscriptFiles.All.Where(transcript => !transcript.NeedsTime && !transcript.NeedsProcess))
            _stages[transcript.Name] = new SocketStage(transcript, _ca, () => _proxy!);
        _proxy = await StartAsync([.. _stages.Values], "");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SocketStage stage in _stages.Values)
            stage.Dispose();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        _ca.Dispose();
        _scratch.Dispose();
    }

    internal async Task PlayAsync(Transcript transcript)
    {
        if (transcript.NeedsProcess)
        {
            await PlayAloneAsync(transcript);
            return;
        }
        using SocketStage stage = _stages[transcript.Name];
        await new Player(transcript, stage).PlayAsync();
    }

    async Task PlayAloneAsync(Transcript transcript)
    {
        ProxyProcess? proxy = null;
        using SocketStage stage = new(transcript, _ca, () => proxy!);
        proxy = await StartAsync([stage], string.Concat(transcript.Proxy.Pairs.Select(pair => $"{pair.Key}: {pair.Value}\n")));
        await using (proxy)
            await new Player(transcript, stage).PlayAsync();
    }

    Task<ProxyProcess> StartAsync(IReadOnlyList<SocketStage> stages, string more) => ProxyProcess.StartAsync(Yaml.Whole(
        string.Concat(stages.Select((stage, at) => stage.ListenerYaml($"t{at}"))),
        string.Concat(stages.Select((stage, at) => stage.UpstreamYaml($"t{at}"))),
        _ca.Issue(Names.Proxy),
        more));
}
