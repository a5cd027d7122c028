using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Reference;

/// <summary>What a talk starts from.</summary>
public sealed record TalkSetup
{
    public Rules Rules { get; init; } = new() { Hostname = "proxy.test", HasCertificate = true };

    public LegSecurity Client { get; init; }

    public LegSecurity Upstream { get; init; } = new(IsTls: false, IsVerified: false, MayCarryAuth: true);

    public bool OwnGreeting { get; init; }

    /// <summary>The client leg after its STARTTLS.</summary>
    public LegSecurity Upgraded => new(IsTls: true, IsVerified: false, MayCarryAuth: true);
}
