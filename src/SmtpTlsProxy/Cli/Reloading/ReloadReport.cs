using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls;

namespace SmtpTlsProxy.Cli.Reloading;

/// <summary>What a reload did, in log and metrics.</summary>
sealed class ReloadReport(Metrics metrics, LogSetup log, TimeProvider time)
{
    /// <summary>Longer lists are cut: a line is for people.</summary>
    const int Named = 20;

    public void Started(RunningConfiguration first)
    {
        metrics.Configuration.Loaded((ulong)first.Loaded.Hash, time.GetUtcNow());
        foreach (var certificate in first.Certificates.Usable)
            metrics.Certificate(certificate.Name, certificate.NotAfter);
    }

    public void Taken(LoadResult before, LoadResult now)
    {
        metrics.Configuration.Reloaded((ulong)now.Hash, time.GetUtcNow());
        string[] changed = Changed(before, now);
        log.Tell(changed.Length == 0
            ? "Configuration reloaded: nothing has changed."
            : $"Configuration reloaded: {string.Join(", ", changed.Take(Named))}{(changed.Length > Named ? ", …" : "")}. Sessions that are open keep the one they began with.");
        foreach (Mistake warning in now.Warnings.Except(before.Warnings))
            log.Warn($"Configuration: {warning}");
    }

    public void Refused(IEnumerable<string> why)
    {
        metrics.Configuration.ReloadRefused();
        foreach (string reason in why)
            log.Error($"Configuration refused, the running one stays: {reason}");
    }

    public void Certificate(CertificateOutcome outcome)
    {
        metrics.Configuration.CertificateReloaded(outcome.Taken is not null);
        if (outcome.Taken is { } taken)
            log.Tell($"Certificate reloaded: {taken}.");
        else
            log.Error($"Certificate refused, the one before stays: {outcome.Refused!.Message}");
    }

    /// <summary>Which certificates are shown from now on.</summary>
    public void Show(CertificateSet before, CertificateSet now)
    {
        foreach (string gone in before.Usable.Select(c => c.Name).Except(now.Usable.Select(c => c.Name)))
            metrics.ForgetCertificate(gone);
        foreach (var certificate in now.Usable)
            metrics.Certificate(certificate.Name, certificate.NotAfter);
    }

    /// <summary>Ticket keys out of a file that changed.</summary>
    public void Tickets(TicketSecrets? before, TicketSecrets? now)
    {
        if (now is null || (now.Problem is null && now.IsSameAs(before)) || (now.Problem is not null && now.Problem == before?.Problem))
            return;
        metrics.Configuration.TicketKeysReloaded(now.Problem is null);
        if (now.Problem is { } problem)
            log.Error($"Ticket keys refused, those before stay: {problem}");
        else
            log.Tell($"Ticket keys reloaded: {now.Keys.Count} in {now.File}.");
    }

    /// <summary>What the configuration names could not be put in force; no configuration was refused for it.</summary>
    public void NotShown(string why) => log.Error($"Changed files are not in force, what was read before stays: {why}");

    static string[] Changed(LoadResult before, LoadResult now)
    {
        Dictionary<string, string> old = before.Effective.ToDictionary(value => value.Path, value => value.Value);
        IEnumerable<string> written = now.Effective.Where(value => !old.Remove(value.Path, out string? was) || was != value.Value).Select(value => value.Path).ToArray();
        return [.. written.Concat(old.Keys).Order(StringComparer.Ordinal)];
    }
}
