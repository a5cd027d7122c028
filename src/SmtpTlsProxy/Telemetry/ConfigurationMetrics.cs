using Prometheus;

namespace SmtpTlsProxy.Telemetry;

/// <summary>Reloads of the configuration and of certificates: do replicas agree, and did the last change take?</summary>
sealed class ConfigurationMetrics
{
    static readonly string[] _results = ["failure", "success"];

    // In the order of the stapler's results.
    static readonly string[] _ocspResults = ["ok", "failed", "revoked"];

    readonly Counter.Child[] _reloads;
    readonly Counter.Child[] _certificateReloads;
    readonly Counter.Child[] _ticketKeyReloads;
    readonly Counter.Child[] _ocsp;
    readonly Gauge _successful;
    readonly Gauge _successTime;
    readonly Gauge _hash;

    public ConfigurationMetrics(Instruments make)
    {
        Counter reloads = make.Counter("config_reloads_total", "Reloads of the configuration, by result.", "result");
        _reloads = [.. _results.Select(result => reloads.WithLabels(result))];
        Counter certificates = make.Counter("certificate_reloads_total", "Reloads of certificates, by result.", "result");
        _certificateReloads = [.. _results.Select(result => certificates.WithLabels(result))];
        Counter tickets = make.Counter("ticket_key_reloads_total", "Reloads of the file of ticket keys, by result.", "result");
        _ticketKeyReloads = [.. _results.Select(result => tickets.WithLabels(result))];
        Counter ocsp = make.Counter("ocsp_refreshes_total", "Answers of OCSP responders for our certificates, by result.", "result");
        _ocsp = [.. _ocspResults.Select(result => ocsp.WithLabels(result))];
        _successful = make.Gauge("config_last_reload_successful", "1 if the last reload was taken, 0 if it was refused.");
        _successTime = make.Gauge("config_last_reload_success_timestamp_seconds", "When the running configuration was taken.");
        _hash = make.Gauge("config_hash", "A number that is equal where the running configuration is.");
    }

    /// <summary>The configuration that the process starts with.</summary>
    public void Loaded(ulong hash, DateTimeOffset now)
    {
        _successful.Set(1);
        _successTime.Set(now.ToUnixTimeMilliseconds() / 1000.0);
        _hash.Set(hash & ((1UL << 48) - 1));        // a double holds 53 bits exactly
    }

    public void Reloaded(ulong hash, DateTimeOffset now)
    {
        _reloads[1].Inc();
        Loaded(hash, now);
    }

    public void ReloadRefused()
    {
        _reloads[0].Inc();
        _successful.Set(0);
    }

    public void TicketKeysReloaded(bool success) => _ticketKeyReloads[success ? 1 : 0].Inc();

    public void OcspAsked(int result) => _ocsp[result].Inc();

    public void CertificateReloaded(bool success) => _certificateReloads[success ? 1 : 0].Inc();
}
