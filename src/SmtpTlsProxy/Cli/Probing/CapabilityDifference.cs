namespace SmtpTlsProxy.Cli.Probing;

/// <summary>What a server offers on one side of TLS and not on the other.</summary>
sealed record CapabilityDifference(IReadOnlyList<string> ClearOnly, IReadOnlyList<string> EncryptedOnly)
{
    /// <summary>Null where there are no two answers to compare.</summary>
    public static CapabilityDifference? Of(Observation seen) => seen is { Clear: { IsFine: true } clear, Encrypted: { IsFine: true } encrypted }
        ? new CapabilityDifference(Without(clear, encrypted), Without(encrypted, clear))
        : null;

    static List<string> Without(SeenReply these, SeenReply those) => [.. these.Capabilities.Except(those.Capabilities, StringComparer.OrdinalIgnoreCase)];
}
