using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Tls.Ratchets;

/// <summary>What the ratchet found of a leg. <paramref name="Refuses"/>: it must not be used.</summary>
readonly record struct RatchetFinding(Downgrade Loss, bool Refuses, bool IsNews, SeenSecurity Now, SeenSecurity Best);

/// <summary>Holds each of an upstream's legs against the best that was seen of its server (rule 4.5).</summary>
sealed class RatchetPolicy(UpstreamConfiguration upstream, ReportOnly reportOnly, SecurityMemory memory)
{
    readonly IReadOnlyDictionary<string, ServerMemory> _servers = memory.Of(upstream);

    readonly bool _enforces = upstream.Ratchet is Ratchet.Enforce && !reportOnly.HasFlag(ReportOnly.Ratchet);

    /// <summary>A leg to <paramref name="destination"/> is worth <paramref name="now"/>.</summary>
    public RatchetFinding Find(string destination, SeenSecurity now)
    {
        if (!_servers.TryGetValue(destination, out ServerMemory? server))
            return default;
        Downgrade loss = server.Observe(now, out SeenSecurity best, out bool isNews, upstream.TlsSettings.Newest);
        return new RatchetFinding(loss, loss is not Downgrade.None && _enforces, isNews, now, best);
    }
}
