namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>What a script starts from. The default: clear legs, no TLS offered, the upstream's greeting relayed.</summary>
sealed record Setup
{
    public Rules Rules { get; init; } = new() { Hostname = "proxy.test", HasCertificate = true };

    public LegSecurity Client { get; init; }

    public LegSecurity Upstream { get; init; } = new(IsTls: false, IsVerified: false, MayCarryAuth: true);

    /// <summary>Behind an upstream STARTTLS the client is greeted by us.</summary>
    public bool OwnGreeting { get; init; }

    /// <summary>Bad commands carried through a STARTTLS handshake; null for a session's first dialogue.</summary>
    public int? AfterStartTls { get; init; }

    /// <summary>What the upstream said to its one EHLO before.</summary>
    public string? FirstEhlo { get; init; }

    /// <summary>How the octets are cut. Where it matters what had arrived by a given moment, only whole.</summary>
    public Cut[] Cuts { get; init; } = [Cut.Whole, Cut.Line, Cut.Octet];

    public static Setup Default => new();

    public static Setup Tls => new() { Client = new(IsTls: true, IsVerified: false, MayCarryAuth: true) };

    public static Setup StartTls => Default.With(rules => rules with { ClientTls = TlsMode.Opportunistic });

    public static Setup Required => Default.With(rules => rules with { ClientTls = TlsMode.Required });

    public static Setup InsideStartTls => (Tls with { AfterStartTls = 0 }).With(rules => rules with { ClientTls = TlsMode.Required });

    /// <summary>What the client has said before anything else happens.</summary>
    public string Eager { get; init; } = "";

    public Setup Whole => this with { Cuts = [Cut.Whole] };

    public override string ToString() => $"{Rules} client {Client} upstream {Upstream} own greeting {OwnGreeting} after STARTTLS {AfterStartTls}";

    public Setup With(Func<Rules, Rules> change) => this with { Rules = change(Rules) };

    public Protocol.Dialogue Dialogue(DialogueObserver observer) => AfterStartTls is { } bad
        ? Protocol.Dialogue.AfterStartTls(Rules, Client, Upstream, bad, observer, FirstEhlo is null ? null : System.Text.Encoding.Latin1.GetBytes(FirstEhlo))
        : Protocol.Dialogue.Start(Rules, Client, Upstream, OwnGreeting, observer);
}

enum Cut { Whole, Line, Octet }
