using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls.Ratchets;

/// <summary>What is remembered of servers, in memory and on disk.</summary>
public sealed class SecurityMemoryTest : IDisposable
{
    static readonly SeenSecurity s_best = new(UpstreamSecurity.Verified, "TLSv1.3");
    static readonly SeenSecurity s_older = new(UpstreamSecurity.Verified, "TLSv1.2");
    static readonly SeenSecurity s_unverified = new(UpstreamSecurity.Unverified, "TLSv1.3");

    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("state");
    readonly List<string> _said = [];

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void LossIsStrippedOrWeakened()
    {
        Assert.Equal(Downgrade.None, s_best.LossSince(s_older));
        Assert.Equal(Downgrade.Weakened, s_older.LossSince(s_best));
        Assert.Equal(Downgrade.Weakened, s_unverified.LossSince(s_best));
        Assert.Equal(Downgrade.Stripped, SeenSecurity.Clear.LossSince(s_unverified));
        Assert.Equal(Downgrade.None, SeenSecurity.Clear.LossSince(SeenSecurity.Clear));
        Assert.Equal(Downgrade.None, s_older.LossSince(s_unverified));
        Assert.Equal(s_older, s_unverified.BestOf(s_older));
        Assert.Equal(s_best, s_older.BestOf(s_best));
    }

    [Fact]
    public void Rule4_5_AVersionThatWasNotVerifiedIsDemandedOfNobodyWhoIs()
    {
        ServerMemory server = new SecurityMemory(_time).Of(Upstream())["a"];
        foreach ((SeenSecurity seen, Downgrade loss) in new[] { (s_unverified, Downgrade.None), (s_older, Downgrade.None), (s_unverified, Downgrade.Weakened), (s_older, Downgrade.None) })
            Assert.Equal(loss, server.Observe(seen, out _, out _));
        Assert.Equal((s_older, s_older), (server.Seen!.Best, server.Seen.Last));
    }

    [Fact]
    public void Rule4_5_WhatWeNoLongerSpeakIsNotTheServersLoss()
    {
        SecurityMemory memory = new(_time);
        RatchetPolicy all = Policy(null), older = Policy(TlsVersion.Tls12);
        Assert.False(all.Find("a", s_best).Refuses);
        Assert.False(older.Find("a", s_older).Refuses);
        Assert.True(older.Find("a", new SeenSecurity(UpstreamSecurity.Verified, "TLSv1.1")).Refuses);
        Assert.True(older.Find("a", s_unverified).Refuses);
        Assert.True(all.Find("a", s_older).Refuses);
        Assert.Equal(s_best, memory.Snapshot()[0].Best);

        RatchetPolicy Policy(TlsVersion? newest) => new(Upstream() with { Ratchet = Ratchet.Enforce, TlsSettings = new TlsPolicy { MaxVersion = newest } }, ReportOnly.None, memory);
    }

    [Fact]
    public async Task ItOutlivesARestart()
    {
        SecurityMemory before = new(_time);
        await using (Keep(before))
        {
            ServerMemory server = before.Of(Upstream())["a"];
            server.Observe(s_best, out _, out _);
            _time.Advance(TimeSpan.FromHours(1));
            server.Observe(SeenSecurity.Clear, out _, out _);
        }
        SecurityMemory after = new(_time);
        await using SecurityKeeper? keeper = Keep(after);
        Assert.Equal(before.Snapshot(), after.Snapshot());
        Assert.Equal((s_best, SeenSecurity.Clear, Downgrade.Stripped), (after.Snapshot()[0].Best, after.Snapshot()[0].Last, after.Snapshot()[0].LossWithin(TlsVersion.Tls13)));
        Assert.Equal(TimeSpan.FromHours(1), after.Snapshot()[0].LastSince - after.Snapshot()[0].Since);
        Assert.Equal(after.Snapshot(), FileOf().Read());
        Assert.Empty(_said);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FileOf().Path));
    }

    [Fact]
    public async Task ItIsWrittenSoonAndOncePerGathering()
    {
        SecurityMemory memory = new(_time);
        await using SecurityKeeper? keeper = Keep(memory);
        ServerMemory server = memory.Of(Upstream())["a"];
        server.Observe(s_older, out _, out _);
        server.Observe(s_best, out _, out _);
        for (int wait = 0; !File.Exists(FileOf().Path) && wait < 500; wait++)
        {
            _time.Advance(SecurityKeeper.Gathering);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        Assert.Equal(s_best, FileOf().Read()[0].Best);
        Assert.False(File.Exists(FileOf().Path + ".new"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"version":2,"servers":[]}""")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":1,"servers":[null]}""")]
    [InlineData("""{"version":1,"servers":[{"upstream":"up"}]}""")]
    [InlineData("""{"version":1,"servers":[{"upstream":null,"destination":"a","address":"x","best":"Verified","since":"2026-01-01T00:00:00Z","last":"Clear","lastSince":"2026-01-01T00:00:00Z"}]}""")]
    [InlineData("""{"version":1,"servers":[{"upstream":"up","destination":"a","address":"x","best":"safest","since":"2026-01-01T00:00:00Z","last":"Clear","lastSince":"2026-01-01T00:00:00Z"}]}""")]
    [InlineData("""{"version":1,"servers":[{"upstream":"up","destination":"a","address":"x","best":7,"bestTls":"TLSv1.3","since":"2026-01-01T00:00:00Z","last":"Clear","lastSince":"2026-01-01T00:00:00Z"}]}""")]
    [InlineData("""{"version":1,"servers":[{"upstream":"up","destination":"a","address":"x","best":"Verified","bestTls":"TLSv9","since":"2026-01-01T00:00:00Z","last":"Clear","lastSince":"2026-01-01T00:00:00Z"}]}""")]
    [InlineData("""{"version":1,"servers":[{"upstream":"up","destination":"a","address":"x","best":"Verified","bestTls":"TLSv1.3","since":"2026-01-01T00:00:00Z","last":-1,"lastSince":"2026-01-01T00:00:00Z"}]}""")]
    public async Task ACorruptFileIsSetAsideAndSaid(string content)
    {
        await File.WriteAllTextAsync(FileOf().Path, content, TestContext.Current.CancellationToken);
        SecurityMemory memory = new(_time);
        await using (Keep(memory))
        {
            Assert.Empty(memory.Snapshot());
            memory.Of(Upstream())["a"].Observe(s_best, out _, out _);
        }
        string aside = FileOf().Path + ".corrupt-20260102T030405Z";
        Assert.Equal(content, await File.ReadAllTextAsync(aside, TestContext.Current.CancellationToken));
        Assert.Contains(aside, Assert.Single(_said), StringComparison.Ordinal);
        Assert.Single(FileOf().Read());
    }

    [Fact]
    public async Task AFileOfAnySizeIsNotReadIntoMemory()
    {
        await using (FileStream file = File.Create(FileOf().Path))
            file.SetLength(20 * 1024 * 1024);
        await using SecurityKeeper? keeper = Keep(new SecurityMemory(_time));
        Assert.Contains("octets", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileThatCannotBeReadIsSetAsideAndNotWrittenOver()
    {
        SecurityMemory memory = new(_time);
        await using FileStream locked = new(FileOf().Path, FileMode.Create, FileAccess.Write, FileShare.None);
        await using (Keep(memory))
            memory.Of(Upstream())["a"].Observe(s_best, out _, out _);
        string aside = FileOf().Path + ".unreadable-20260102T030405Z";
        Assert.True(File.Exists(aside));
        Assert.Contains(aside, Assert.Single(_said), StringComparison.Ordinal);
        Assert.Single(FileOf().Read());
    }

    [Fact]
    public async Task WhatCanNeitherBeReadNorSetAsideIsLeftAlone()
    {
        Directory.CreateDirectory(FileOf().Path);
        await using SecurityKeeper? keeper = Keep(new SecurityMemory(_time));
        Assert.Null(keeper);
        Assert.True(Directory.Exists(FileOf().Path));
        Assert.Contains("not kept", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADiskThatDoesNotTakeItIsSaidOnceAndInNobodysWay()
    {
        SecurityMemory memory = new(_time);
        await using (SecurityKeeper.Start(memory, new SecurityFile(Path.Combine(_directory.FullName, "gone"), _time), _time, Say))
        {
            ServerMemory server = memory.Of(Upstream())["a"];
            for (int time = 0; time < 50; time++)
            {
                server.Observe(time % 2 == 0 ? s_best : SeenSecurity.Clear, out _, out _);
                _time.Advance(SecurityKeeper.Pause);
                await Task.Delay(2, TestContext.Current.CancellationToken);
            }
        }
        Assert.Contains("cannot be written", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoLongerNamedIsForgotten()
    {
        SecurityMemory memory = new(_time);
        memory.Of(Upstream())["a"].Observe(s_best, out _, out _);
        memory.Follow(new ProxyConfiguration { Upstreams = [Upstream()] });
        Assert.Single(memory.Snapshot());
        memory.Follow(new ProxyConfiguration { Upstreams = [Upstream() with { Ratchet = Ratchet.Disabled }] });
        Assert.Empty(memory.Snapshot());
        memory.Of(Upstream())["a"].Observe(s_unverified, out SeenSecurity best, out _);
        Assert.Equal(s_unverified, best);
    }

    [Fact]
    public void TheLevelIsThatOfTheDestinationThatLostMost()
    {
        SecurityMemory memory = new(_time);
        UpstreamConfiguration upstream = Upstream() with { Destinations = [new("a", DestinationKind.Tcp, "a.test", 25), new("b", DestinationKind.Tcp, "b.test", 25), new("c", DestinationKind.Tcp, "c.test", 25)] };
        IReadOnlyDictionary<string, ServerMemory> servers = memory.Of(upstream);
        servers["a"].Observe(s_best, out _, out _);
        servers["b"].Observe(SeenSecurity.Clear, out _, out _);
        Assert.Equal([("up", UpstreamSecurity.Clear, UpstreamSecurity.Clear)], memory.Levels());
        servers["a"].Observe(s_unverified, out _, out _);
        Assert.Equal([("up", UpstreamSecurity.Unverified, UpstreamSecurity.Verified)], memory.Levels());
    }

    [Fact]
    public void ManyLoopsSeeOneServer()
    {
        SecurityMemory memory = new(TimeProvider.System);
        ServerMemory server = memory.Of(Upstream())["a"];
        Parallel.For(0, 1000, n => server.Observe((n % 3) switch { 0 => s_best, 1 => s_unverified, _ => SeenSecurity.Clear }, out _, out _));
        Assert.Equal(s_best, server.Seen!.Best);
    }

    [Fact]
    public void WhatWasSeenCanBeMadePermanent()
    {
        UpstreamConfiguration upstream = Upstream() with { Verify = new VerifyConfiguration(Name: "up.test", CaFile: "/ca.pem") };
        Assert.Equal(["tls: required", "verify: { mode: pkix, name: up.test, caFile: /ca.pem }"], PermanentPolicy.Lines(upstream, s_best));
        Assert.Equal(["tls: required", "verify: { mode: none }"], PermanentPolicy.Lines(upstream, s_unverified));
        CertificatePin pin = CertificatePin.Digesting(PinOf.PublicKey, [1]);
        Assert.Equal(["tls: implicit", $"verify: {{ mode: pin, pins: [\"{pin}\"] }}"], PermanentPolicy.Lines(upstream with { Tls = TlsMode.Implicit }, s_unverified, pin));
        Assert.Empty(PermanentPolicy.Lines(upstream, SeenSecurity.Clear));
    }

    static UpstreamConfiguration Upstream() => new() { Name = "up", Tls = TlsMode.Opportunistic, Destinations = [new("a", DestinationKind.Tcp, "up.test", 25)] };

    SecurityFile FileOf() => new(_directory.FullName, _time);

    SecurityKeeper? Keep(SecurityMemory memory) => SecurityKeeper.Start(memory, FileOf(), _time, Say);

    void Say(string what)
    {
        lock (_said)
            _said.Add(what);
    }
}
