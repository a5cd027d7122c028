using System.Diagnostics;
using SmtpTlsProxy.Benchmarks.Compare;
using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Proxies;

/// <summary>One program under measurement: how it is set up, started and ended. It serves all its routes from one process tree.</summary>
abstract class Contender : IDisposable
{
    readonly Dictionary<Route, int> _ports;
    Process? _process;

    protected Contender(Surroundings around)
    {
        Around = around;
        _ports = Route.All.Where(Serves).ToDictionary(route => route, _ => Ports.Free());
    }

    public abstract string Name { get; }

    protected Surroundings Around { get; }

    protected IReadOnlyDictionary<Route, int> RoutePorts => _ports;

    /// <summary>Its processes; of one that does not run, none.</summary>
    public ProcessTree? Tree => _process is { } process ? new ProcessTree(process.Id) : null;

    /// <summary>Why it cannot do this; null if it can.</summary>
    public virtual string? CannotDo(Scenario scenario) => Serves(scenario.Route) ? null : $"no {scenario.Side} by {scenario.Tls}".ToLowerInvariant();

    /// <summary>Whether it has this route.</summary>
    public virtual bool Serves(Route route) => Field.Serves(Name, route);

    /// <summary>Where clients of a route connect.</summary>
    public virtual int Port(Route route) => _ports[route];

    /// <summary>Whether clients speak TLS to it.</summary>
    public virtual bool ClientSpeaksTls(Route route) => route.Side is Side.Ingress;

    /// <summary>Starts it; it may not serve yet. What it says goes into a file, as a service's log does.</summary>
    public void Start()
    {
        if (Command() is not { } command)
            return;
        ProcessStartInfo start = new("/bin/sh", ["-c", $"exec \"$@\" > {LogFile} 2>&1", "sh", .. command]);
        _process = Children.Start(start);
    }

    public void Stop()
    {
        if (_process is { } process)
            Children.Stop(process);
        _process = null;
    }

    /// <summary>Throws with its own words when it has ended.</summary>
    public void MustRun()
    {
        if (_process is { HasExited: true })
            throw new InvalidOperationException($"{Name} has ended:\n{File.ReadAllText(LogFile)}");
    }

    public void Dispose() => Stop();

    /// <summary>The program and its arguments; null where there is none.</summary>
    protected abstract string[]? Command();

    protected string LogFile => Around.Scratch.PathTo($"{Name}.log");

    protected string Write(string extension, string text) => Around.Scratch.Write($"{Name}.{extension}", text);
}
