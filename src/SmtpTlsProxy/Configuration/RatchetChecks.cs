using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Configuration;

/// <summary>What the ratchet needs to be of use.</summary>
static class RatchetChecks
{
    public static void Check(Validation at)
    {
        if (at.Configuration.StateDirectory is { } directory && !Directory.Exists(directory))
            at.Refuse("stateDirectory", $"{directory} is no folder", "Create it, for the proxy's user to write, or remove the key");
        foreach (UpstreamConfiguration upstream in at.Configuration.Upstreams) Check(at, upstream, $"upstreams.{upstream.Name}.ratchet");
    }

    static void Check(Validation at, UpstreamConfiguration upstream, string path)
    {
        if (upstream.Tls is TlsMode.None && upstream.Ratchet is not Ratchet.Disabled && at.Settings.IsWritten(path))
            at.Warn(path, "it has no effect: tls is none", "Write tls: opportunistic, or remove ratchet");
        if (upstream.Tls is TlsMode.None || upstream.Ratchet is not Ratchet.Enforce) return;
        if (at.Configuration.StateDirectory is null)
            at.Warn(path, "without stateDirectory the best security seen is forgotten at a restart", "Write stateDirectory, or make what was seen permanent with tls and verify");
        if (upstream.Destinations.Any(destination => destination.Kind is DestinationKind.Original))
            at.Warn(path, "original destinations are not remembered: behind them stand servers without end", "Write tls: required for those that must have TLS");
    }
}
