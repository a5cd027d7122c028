using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Reference;

/// <summary>All that was said on both legs, from the outside.</summary>
public sealed record Transcript
{
    public string FromClient { get; init; } = "";
    public string ToClient { get; init; } = "";

    /// <summary>What the upstream took; what was queued when the leg was cut never reached it.</summary>
    public string ToUpstream { get; init; } = "";
    public string FromUpstream { get; init; } = "";

    /// <summary>Octets were left that the upstream never took.</summary>
    public bool WasCut { get; init; }

    /// <summary>How much the upstream had said and taken, each time it had said something.</summary>
    public IReadOnlyList<(int Said, int Taken)> Moments { get; init; } = [];

    public BareNewlines BareNewlines { get; init; }
    public bool OwnGreeting { get; init; }
    public bool LfReplies { get; init; }

    /// <summary>Our own greeting.</summary>
    public string Greeting { get; init; } = "";

    public bool Normalizes => BareNewlines is BareNewlines.Normalize or BareNewlines.Accept;

    public override string ToString() => $"""
        {BareNewlines}, own greeting {OwnGreeting}, LF replies {LfReplies}, cut {WasCut}
        client:      {Show.Octets(FromClient)}
        to upstream: {Show.Octets(ToUpstream)}
        upstream:    {Show.Octets(FromUpstream)}
        to client:   {Show.Octets(ToClient)}
        """;
}
