using System.Text.Json.Serialization;

namespace SmtpTlsProxy.Admin;

/// <summary>What the status page shows and <c>/status</c> answers.</summary>
sealed record StatusReport
{
    public required string Version { get; init; }
    public required string Revision { get; init; }

    /// <summary>ready, not_ready or draining.</summary>
    public required string State { get; init; }

    /// <summary>What keeps the process from being ready.</summary>
    public required IReadOnlyList<string> WhyNotReady { get; init; }

    public required DateTimeOffset Started { get; init; }
    public required long UptimeSeconds { get; init; }
    public DateTimeOffset? DrainingSince { get; init; }
    public required int Sessions { get; init; }
    public required IReadOnlyList<ListenerStatus> Listeners { get; init; }
    public required IReadOnlyList<UpstreamStatus> Upstreams { get; init; }
    public required IReadOnlyList<CertificateStatus> Certificates { get; init; }
}

/// <summary>One listener; messages since the start, and how many of them were encrypted on either leg.</summary>
sealed record ListenerStatus(
    string Name, IReadOnlyList<string> Addresses, string Tls, string Upstream, int Sessions, int SessionsLimit, long Messages, long EncryptedFromClient, long EncryptedToUpstream);

sealed record UpstreamStatus(string Name, string Tls, string Verify, IReadOnlyList<DestinationStatus> Destinations);

/// <summary>One destination; <paramref name="Health"/>: up, down, circuit open.</summary>
sealed record DestinationStatus(string Id, string Address, int Sessions, string Health);

/// <summary>One certificate of ours; <paramref name="Problem"/> says why it cannot be used.</summary>
sealed record CertificateStatus(string Name, IReadOnlyList<string> DnsNames, DateTimeOffset? NotAfter, string? Problem);

/// <summary>The answer to a drain: <c>draining</c>, or <c>drained</c> once it is over.</summary>
sealed record DrainReport(string State, int Sessions, int Aborted);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(DrainReport))]
sealed partial class StatusJson : JsonSerializerContext;
