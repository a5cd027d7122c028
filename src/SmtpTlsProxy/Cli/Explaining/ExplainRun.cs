using System.Text.Json;
using SmtpTlsProxy.Cli.Probing;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Tls.Ratchets;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Transport.Sockets;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Cli.Explaining;

/// <summary>Tries each destination of an upstream as a session would, with what is remembered of it. What is found is not written: the running proxy does that.</summary>
sealed class ExplainRun(LoadResult loaded, UpstreamConfiguration upstream, TimeProvider time, Action<string> warn)
{
    readonly SecurityMemory _memory = new(time);

    public async Task<ExplainReport> RunAsync()
    {
        string note = Recall(loaded.Configuration!.StateDirectory);
        using ClientTls tls = ClientTls.Load(upstream, loaded.Configuration.ReportOnly, OwnCertificates(), _memory);
        using LoopGroup loops = new(1, time, Words.FaultsOnly(warn));
        List<Explained> destinations = [];
        await using DestinationNames names = new(new DnsNames(() => loaded.Configuration!.DnsServers), time, static _ => { });
        foreach (DestinationConfiguration destination in upstream.Destinations.Where(one => one.Kind is not DestinationKind.Original))
            destinations.Add(await ExplainAsync(loops.Loops[0], destination, names.Of(destination), tls));
        return new ExplainReport(upstream, Policy(), Warnings(), destinations, note);
    }

    async Task<Explained> ExplainAsync(Loop loop, DestinationConfiguration destination, ResolvedName? name, ClientTls tls)
    {
        ExplainObserver observer = new(time);
        ConnectResult result = await loop.Call(async () => await AttemptAsync(loop, destination, name, tls, observer));
        RememberedServer? record = _memory.Of(upstream).TryGetValue(destination.Id, out ServerMemory? server) ? server.Seen : null;
        return new Explained(upstream, destination, result, observer, record);
    }

    async ValueTask<ConnectResult> AttemptAsync(Loop loop, DestinationConfiguration destination, ResolvedName? name, ClientTls tls, ExplainObserver observer)
    {
        Waiter waiter = loop.Enter();
        try
        {
            Errand errand = Errand.WithoutClient(waiter, loop.In(ReadyLimit), observer);
            return await new UpstreamCheck(upstream, destination, loaded.Configuration!.Hostname, tls, new SocketDialler(), errand) { Name = name }.RunAsync();
        }
        finally
        {
            waiter.AbortAll();
            loop.Leave(waiter);
        }
    }

    // As long as a session's client waits for its greeting.
    TimeSpan ReadyLimit => upstream.Quirks.HasFlag(Quirks.SlowGreeting) && upstream.Timeouts.Reply > upstream.Timeouts.UpstreamReady
        ? upstream.Timeouts.Reply
        : upstream.Timeouts.UpstreamReady;

    string Recall(string? directory)
    {
        if (upstream.Ratchet is Ratchet.Disabled || upstream.Tls is TlsMode.None)
            return "none is kept: tls is none, or ratchet disabled";
        if (directory is null)
            return "there is no stateDirectory: what the running proxy has seen is in its memory alone (metric upstream_security_level_best), and what follows is of this attempt";
        SecurityFile file = new(directory, time);
        try
        {
            _memory.Recall(file.Read());
            return $"from {file.Path}";
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return $"{file.Path} cannot be read ({e.Message}): what follows is of this attempt alone";
        }
    }

    // The one that is shown to the server; the listeners' keys may be nothing that who asks can read.
    IReadOnlyList<TlsCertificate> OwnCertificates() => upstream.ClientCertificate is { } name
        ? CertificateSet.Load(loaded.Configuration!.Certificates.Where(one => one.Name == name), time).Usable
        : [];

    string Path => $"upstreams.{upstream.Name}.";

    List<EffectiveValue> Policy() => [.. loaded.Effective.Where(value => value.Path.StartsWith(Path, StringComparison.Ordinal) || value.Path is "reportOnly" or "stateDirectory" or "hostname")];

    List<Mistake> Warnings() => [.. loaded.Warnings.Where(warning => warning.Path.StartsWith(Path, StringComparison.Ordinal))];
}
