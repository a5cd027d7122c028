using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Tls;

namespace SmtpTlsProxy.Cli.Reloading;

/// <summary>
/// All or nothing: what is read anew runs whole, or the running configuration stays as it is. One reload at a time.
/// </summary>
/// <param name="first">What the process began with.</param>
/// <param name="load">Reads the same sources again. Certificates' files are not among its mistakes: one that is broken refuses nothing but itself.</param>
/// <param name="apply">Puts it in force, or throws and has changed nothing.</param>
/// <param name="report">Log and metrics.</param>
sealed class Reload(RunningConfiguration first, Func<LoadResult> load, Func<RunningConfiguration, Task> apply, ReloadReport report)
{
    volatile RunningConfiguration _running = first;
    LoadResult _tried = first.Loaded;

    public RunningConfiguration Running => _running;

    /// <summary>The last configuration that was read does not run. It may be for a file that it names.</summary>
    public bool IsRefused => _tried != _running.Loaded;

    /// <summary>The configuration's own files.</summary>
    public IEnumerable<string> ConfigurationFiles => _running.Loaded.Files.Concat(_tried.Files);

    /// <summary>What it names, and what a refused one names.</summary>
    public IEnumerable<string> NamedFiles => FilePrints.FilesOf(_running.Configuration).Concat(_tried.Configuration is { } tried ? FilePrints.FilesOf(tried) : []);

    /// <summary>Reads the sources; <see cref="TryAsync"/> puts in force what came of it.</summary>
    public void Read() => _tried = load();

    /// <summary>Puts in force what was read last, together with what its certificates are now.</summary>
    public async Task TryAsync()
    {
        RunningConfiguration before = _running;
        if (Forbidden(before.Loaded) is { Count: > 0 } mistakes)
            await RefuseAsync(mistakes.Select(mistake => mistake.ToString()));
        else if (await WhyNotAsync(before.Next(_tried, report.Certificate)) is { } why)
            await RefuseAsync([why]);
        else
            report.Taken(before.Loaded, _tried);
    }

    /// <summary>Only what the running configuration names, if it has changed.</summary>
    public async Task RenewAsync()
    {
        if (_running.Named.Cover(FilePrints.NamedBy(_running.Configuration)))
            return;
        if (await WhyNotAsync(_running.Next(_running.Loaded, report.Certificate)) is { } why)
            report.NotShown(why);
    }

    /// <summary>A bug of ours: the running configuration stays all the more.</summary>
    public void Fault(Exception bug) => report.Refused([bug.ToString()]);

    // A certificate is renewed behind a broken configuration too, or it would expire there.
    Task RefuseAsync(IEnumerable<string> why)
    {
        report.Refused(why);
        return RenewAsync();
    }

    IReadOnlyList<Mistake> Forbidden(LoadResult running) => _tried.Mistakes.Count > 0 ? _tried.Mistakes : RestartOnly.Changes(running, _tried);

    // Whatever is wrong with it, the process serves on with what it has: so every exception is a reason here.
    async Task<string?> WhyNotAsync(RunningConfiguration next)
    {
        CertificateSet before = _running.Certificates;
        if (next.Tickets is { Keys.Count: 0, Problem: { } problem })
            return problem;
        try
        {
            await apply(next);
        }
        catch (Exception refused)
        {
            return refused.Message;
        }
        report.Show(before, next.Certificates);
        report.Tickets(_running.Tickets, next.Tickets);
        _running = next;
        return null;
    }
}
