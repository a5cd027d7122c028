using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SmtpTlsProxy.Benchmarks.Load;
using SmtpTlsProxy.Benchmarks.Measure;
using SmtpTlsProxy.Benchmarks.Proxies;
using SmtpTlsProxy.Benchmarks.Sinks;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>Sink, generator and certificate of one kind of key, and one scenario at one proxy between them.</summary>
sealed class Arena : IDisposable
{
    static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(30), s_startLimit = TimeSpan.FromSeconds(20);

    readonly Generator _generator = new();
    readonly SinkProcess _sink;
    readonly TlsContext _forgetful = TlsContext.ForClient(new TlsClientOptions()).ThatForgets();

    public Arena(Scratch scratch, Key key, int threads)
    {
        Certificates certificates = Certificates.Make(scratch, key);
        _sink = SinkProcess.Start(certificates.CertFile, certificates.KeyFile);
        Around = new Surroundings(scratch, certificates, _sink.Ports, threads);
    }

    /// <summary>What proxies are told.</summary>
    public Surroundings Around { get; }

    /// <summary>How long one measurement takes, and what goes before it.</summary>
    public required TimeSpan Duration { get; init; }

    public required TimeSpan WarmUp { get; init; }

    /// <summary>Starts it and waits until it accepts connections.</summary>
    public static void Start(Contender proxy)
    {
        proxy.Start();
        long started = Stopwatch.GetTimestamp();
        foreach (Route route in Route.All.Where(route => proxy.Serves(route)))
        {
            while (!Accepts(proxy.Port(route)))
            {
                proxy.MustRun();
                if (Stopwatch.GetElapsedTime(started) > s_startLimit)
                    throw new InvalidOperationException($"{proxy.Name} does not accept connections for {route}");
                Thread.Sleep(5);
            }
        }
    }

    /// <summary>So many sessions that have said EHLO and are silent.</summary>
    public Task<LoadRun> OpenIdleAsync(Route route, Contender proxy, int sessions) =>
        _generator.OpenAsync(new LoadPlan(TargetOf(route, proxy, _forgetful), Work.Idle, sessions, Letter.Small));

    /// <summary>Starts it and waits for its first greeting, which on ingress comes through TLS, on egress from behind it.</summary>
    public async Task<TimeSpan> StartToGreetingAsync(Route route, Contender proxy)
    {
        long started = Stopwatch.GetTimestamp();
        proxy.Start();
        while (!await IsGreetedAsync(TargetOf(route, proxy, _forgetful)))
        {
            proxy.MustRun();
            if (Stopwatch.GetElapsedTime(started) > s_startLimit)
                throw new InvalidOperationException($"{proxy.Name} does not greet on {route}");
            await Task.Delay(1);
        }
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>One round.</summary>
    /// <exception cref="LoadException">It did not do what the scenario asks for, or a message or octet was lost.</exception>
    public async Task<Sample> MeasureAsync(Scenario scenario, Contender proxy, int round)
    {
        TlsContext context = scenario.Work is Work.Resumed ? TlsContext.ForClient(new TlsClientOptions()) : _forgetful;
        LoadPlan plan = new(TargetOf(scenario.Route, proxy, context), scenario.Work, scenario.Clients, scenario.Letter);
        SinkReport before = _sink.Report();
        LoadRun run = await _generator.OpenAsync(plan);
        LoadCounts warm = await run.ForAsync(WarmUp);
        await Task.Delay(s_settle);
        (int unwanted, SinkReport atStart, Clocks started) = (run.Unwanted, _sink.Report(), Read(proxy));
        LoadCounts counts = await run.ForAsync(Duration);
        await Task.Delay(s_settle);
        Clocks spent = Read(proxy) - started;
        long memory = proxy.Tree?.Memory().Proportional ?? 0;
        await run.CloseAsync();
        SinkCounts expected = warm.Sent + counts.Sent + ((plan.Connects ? 0 : plan.Clients) * Letter.Small.Counts);
        MustBeWhole(expected, _sink.Since(before, expected).Taken);
        MustBeAsAsked(scenario, proxy, counts.Units, run.Unwanted - unwanted, _sink.Report() - atStart);
        if (context != _forgetful)
            context.Dispose();
        double seconds = counts.Elapsed.TotalSeconds;
        return new Sample(
            scenario.Name, proxy.Name, round, counts.Units, scenario.IsBulk ? scenario.Letter.Counts.Octets / 1e6 : 0, seconds, spent.Proxy.TotalSeconds,
            counts.Latency(0.5).TotalMilliseconds, counts.Latency(0.99).TotalMilliseconds, spent.Load.TotalSeconds / seconds, spent.Sink.TotalSeconds / seconds, memory);
    }

    public void Dispose()
    {
        _generator.Dispose();
        _sink.Dispose();
        _forgetful.Dispose();
    }

    static Target TargetOf(Route route, Contender proxy, TlsContext context) => new(proxy.Port(route), route.Tls, proxy.ClientSpeaksTls(route) ? context : null);

    Task<bool> IsGreetedAsync(Target target) => _generator.OnLoopAsync(async waiter =>
    {
        Client client = new(waiter, target);
        try
        {
            await client.ConnectAsync();
            return true;
        }
        catch (LoadException)
        {
            return false;
        }
    });

    Clocks Read(Contender proxy) => Clocks.Read(proxy.Tree, _sink.Id);

    static void MustBeWhole(SinkCounts expected, SinkCounts taken)
    {
        if (taken != expected)
            throw new LoadException($"lost: sent {expected}, the sink took {taken}");
    }

    // A few of a resumed load may come too early for a ticket.
    static void MustBeAsAsked(Scenario scenario, Contender proxy, int units, int unwanted, SinkReport seen)
    {
        const double Tolerance = 0.02;
        if (scenario.Route is { Side: Side.Egress } && proxy.Tree is not null)
            unwanted = (int)(scenario.Work is Work.Resumed ? seen.Full : seen.Resumed);
        if (unwanted > Tolerance * units)
            throw new LoadException($"{100.0 * unwanted / units:0} % of the handshakes {(scenario.Work is Work.Resumed ? "full" : "resumed")}");
    }

    static bool Accepts(int port)
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
