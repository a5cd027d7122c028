using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Cli;
using SmtpTlsProxy.Cli.Reloading;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Session;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Reloading;

/// <summary>A proxy's reload on real files, with real routes and contexts, and a clock that the test moves; only sockets and YARP's host are missing.</summary>
sealed class Stage : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("reload-tests").FullName;
    readonly StringWriter _lines = new();
    readonly Metrics _metrics = new();
    readonly LogSetup _log;
    readonly Reload _reload;

    public Stage(Func<Stage, string> yaml)
    {
        Write("config.yaml", yaml(this));
        LoadResult loaded = Load();
        Assert.Empty(loaded.Mistakes.Select(mistake => mistake.ToString()));
        _log = LogSetup.Create(loaded.Configuration!.Log.ToOptions(), _metrics, Time, _lines);
        RunningConfiguration first = RunningConfiguration.Start(loaded, Time);
        Tickets = new TicketRing(Time);
        Tickets.Become(first.Configuration.Tickets, first.Tickets?.Keys);
        Sessions = new CurrentSessions(SessionsOf(first));
        ReloadReport report = new(_metrics, _log, Time);
        report.Started(first);
        _reload = new Reload(first, Load, ApplyAsync, report);
        Watch = new FileWatch(_reload, Time);
    }

    public TicketRing Tickets { get; }

    public FakeTimeProvider Time { get; } = new(Given.Today);

    public FileWatch Watch { get; }

    public CurrentSessions Sessions { get; }

    public RunningConfiguration Running => _reload.Running;

    public TlsCertificate Shown(string name = "public") => Running.Certificates.Usable.Single(certificate => certificate.Name == name);

    /// <summary>Thrown where a configuration is put in force.</summary>
    public Exception? Obstacle { get; set; }

    public string PathTo(string name) => Path.Combine(_folder, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathTo(name))!);
        File.WriteAllText(PathTo(name), text);
    }

    public void WriteBytes(string name, byte[] octets)
    {
        Write(name, "");
        File.WriteAllBytes(PathTo(name), octets);
    }

    public void WriteEncryptedPair(string folder, string name, string password)
    {
        WritePair(folder, name);
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(PathTo($"{folder}/tls.key")));
        Write($"{folder}/tls.key", key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        Write($"{folder}/password", password);
    }

    /// <summary>A pair for this name in the folder.</summary>
    public void WritePair(string folder, string name)
    {
        (string certificate, string key) = TestCertificates.Shared.MakePem(new TestLeaf { Names = [name] });
        Write($"{folder}/tls.crt", certificate);
        Write($"{folder}/tls.key", key);
    }

    /// <summary>As kubelet does it: the files are links into a folder that is itself a link.</summary>
    public void Link(string link, string to)
    {
        if (Directory.Exists(PathTo(link)))
            Directory.Delete(PathTo(link));
        Directory.CreateSymbolicLink(PathTo(link), to);
    }

    /// <summary>One look of the watch, with the time it takes.</summary>
    public async Task LookAsync()
    {
        Task look = Watch.LookAsync(CancellationToken.None);
        Time.Advance(FileWatch.Settling);
        await look;
    }

    /// <summary>A look that has begun, with all the time it takes.</summary>
    public async Task UntilAsync(Task look)
    {
        for (int turns = 0; turns < 5000 && !look.IsCompleted; turns++)
        {
            Time.Advance(FileWatch.Settling);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken);      // what waits goes on in the pool
        }
        Assert.True(look.IsCompleted, "the look ends");
        await look;
    }

    public double Counted(string series)
    {
        string start = Instruments.Prefix + series + " ";
        string? line = _metrics.ExportTextAsync().GetAwaiter().GetResult().Split('\n').FirstOrDefault(l => l.StartsWith(start, StringComparison.Ordinal));
        return line is null ? double.NaN : double.Parse(line[start.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>All that was logged; the log ends with it.</summary>
    public string Log()
    {
        _log.Dispose();
        return _lines.ToString();
    }

    public void Dispose()
    {
        _log.Dispose();
        Sessions.Now.Dispose();
        Tickets.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    LoadResult Load() => ConfigurationLoader.Load([YamlSource.FromFile(PathTo("config.yaml"))], Given.Machine, checkCertificateFiles: false);

    Task ApplyAsync(RunningConfiguration next)
    {
        ProxySessions sessions = SessionsOf(next);
        if (Obstacle is { } obstacle)
            throw obstacle;
        Sessions.Become(sessions);
        Tickets.Become(next.Configuration.Tickets, next.Tickets?.Keys);
        _log.Become(next.Configuration.Log.ToOptions());
        return Task.CompletedTask;
    }

    static Clusters ClustersOf(RunningConfiguration running)
    {
        MemoryClusters clusters = new(running.Configuration.Upstreams, TimeProvider.System);
        return new Clusters(clusters, clusters.Updater, new DestinationNames(new NoNames(), TimeProvider.System, _ => { }), TimeProvider.System, _ => { });
    }

    ProxySessions SessionsOf(RunningConfiguration running) =>
        new(running.Configuration, running.Certificates.Usable, ClustersOf(running), new MemoryDialler((_, _) => throw new NotSupportedException("nobody dials")),
            _metrics, new Tls.Ratchets.SecurityMemory(TimeProvider.System), tickets: Tickets);
}
