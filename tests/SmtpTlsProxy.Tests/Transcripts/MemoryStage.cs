using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Session;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Transcripts;

/// <summary>The whole session in memory, under the real configuration reader. After each step everything has come to rest, so that silence can be told.</summary>
sealed class MemoryStage : Stage, IDisposable
{
    readonly MemoryWorld _world;
    readonly Cut _cut;
    readonly List<byte>[] _heard = [[], []];
    Peer? _server;

    public MemoryStage(Transcript transcript, Cut cut)
    {
        _cut = cut;
        ProxyConfiguration configuration = Given.Valid(Yaml(transcript));
        _world = new MemoryWorld(new WorldOptions
        {
            ReportOnly = configuration.ReportOnly,
            Listener = _ => configuration.Listeners[0],
            Server = made => With(configuration.Upstreams[0], made),
        });
        bool isImplicit = transcript.Upstream.Of("tls") == "implicit";
        _world.OnDial = server => (_server, server.Wire.Cut, server.IsDeaf) = (server, cut, isImplicit);
        if (transcript.Dial == Dial.Refused)
            _world.Dialler.Errors.Enqueue(DialError.Refused);
        _world.Dialler.Hangs = transcript.Dial == Dial.Silent;
    }

    public override bool IsDialled => _world.Dialler.Dialled.Count > 0;

    public override Task ConnectAsync()
    {
        _world.Connect();
        _world.Client.Wire.Cut = _cut;
        return Rest();
    }

    public override Task SayAsync(Side who, byte[] octets, bool thenDeaf)
    {
        Of(who).IsDeaf = thenDeaf;
        Of(who).Say(octets);
        return Rest();
    }

    public override Task<byte[]> HearAsync(Side who, int count) => Task.FromResult(Take(who, count));

    public override Task<byte[]> HearLineAsync(Side who)
    {
        List<byte> heard = Heard(who);
        int at = heard.IndexOf((byte)'\n');
        return Task.FromResult(Take(who, at < 0 ? heard.Count : at + 1));
    }

    public override Task<byte[]> RestAsync(Side who) => Task.FromResult(Take(who, int.MaxValue));

    public override byte[] Unasked(Side who) => [.. Heard(who)];

    public override Task<bool> HandshakeAsync(Step.Handshake handshake)
    {
        Peer peer = Of(handshake.Who);
        peer.IsDeaf = false;
        if (handshake.Who == Side.Client)
            _world.ClientShakes();
        else
            peer.Shake(_world.ServerContext(TestCertificates.Shared.For(handshake.Certificate ?? WorldOptions.ServerName)), null);
        _world.Run();
        return Task.FromResult(peer.IsTls);
    }

    public override Task FinAsync(Side who)
    {
        Of(who).End();
        return Rest();
    }

    public override Task ResetAsync(Side who)
    {
        Of(who).Reset();
        return Rest();
    }

    public override Task<string> EndAsync(Side who)
    {
        Peer peer = Of(who);
        return Task.FromResult(peer.InputEnd switch
        {
            TlsRead.End => peer.Near.WasReset ? "closed, then reset" : "closed",
            TlsRead.Truncated => "closed without close_notify",
            // One that never came out of its handshake does not read: the wire says how it was left.
            TlsRead.Empty when !peer.Near.WasReset => peer.Near.SendEnded ? "closed" : "open",
            _ => "aborted",
        });
    }

    public override Task AfterAsync(TimeSpan span)
    {
        _world.After(span);
        return Rest();
    }

    public override Task DrainAsync()
    {
        _world.Loop.DrainAll();
        return Rest();
    }

    public void Dispose() => _world.Dispose();

    static string Yaml(Transcript transcript) => $$"""
        hostname: proxy.test
        listeners: { mx: { address: "127.0.0.1:2525", upstream: up, {{Whole(transcript.Listener)}} } }
        upstreams: { up: { destinations: { a: "127.0.0.1:2526" }, {{Whole(transcript.Upstream)}} } }
        {{string.Join('\n', transcript.Proxy.Pairs.Select(pair => $"{pair.Key}: {pair.Value}"))}}
        {{Given.Certificates}}
        """;

    static string Whole(Keys keys) => keys.Has("tls") ? keys.Yaml() : string.Join(", ", (string[])["tls: none", .. keys.IsEmpty ? Array.Empty<string>() : [keys.Yaml()]]);

    // The world's authority in place of the system's, and its server's name unless the transcript wants another.
    static UpstreamConfiguration With(UpstreamConfiguration read, UpstreamConfiguration made) => read with
    {
        Verify = read.Verify with { CaFile = made.Verify.CaFile, Name = read.Verify.Name ?? WorldOptions.ServerName },
    };

    Task Rest()
    {
        _world.Run();
        return Task.CompletedTask;
    }

    Peer Of(Side who) => who == Side.Client ? _world.Client : _server ?? throw new InvalidOperationException("the server was not dialled");

    List<byte> Heard(Side who)
    {
        List<byte> heard = _heard[(int)who];
        if (who == Side.Client || _server is not null)
            heard.AddRange(System.Text.Encoding.Latin1.GetBytes(Of(who).Hear()));
        return heard;
    }

    byte[] Take(Side who, int count)
    {
        List<byte> heard = Heard(who);
        byte[] taken = [.. heard.Take(count)];
        heard.RemoveRange(0, taken.Length);
        return taken;
    }
}
