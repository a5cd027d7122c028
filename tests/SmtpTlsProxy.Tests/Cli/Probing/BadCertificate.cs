using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>Certificates with one fault each.</summary>
static class BadCertificate
{
    static readonly TestLeaf s_leaf = new() { Names = [MailServerWays.Name] };

    public static TlsCertificate Called(string fault) => fault switch
    {
        "expired" => TestCertificates.Shared.Make(s_leaf with { NotAfter = DateTimeOffset.UtcNow.AddDays(-3) }),
        "not yet valid" => TestCertificates.Shared.Make(s_leaf with { NotBefore = DateTimeOffset.UtcNow.AddDays(3) }),
        "expiring" => TestCertificates.Shared.Make(s_leaf with { NotAfter = DateTimeOffset.UtcNow.AddDays(5) }),
        "of another name" => TestCertificates.Shared.For("another.test"),
        "self-signed" => TestCertificates.SelfSigned(MailServerWays.Name),
        "without its intermediate" => TestCertificates.Shared.Make(s_leaf with { BelowIntermediate = true, WithoutChain = true }),
        "of a stranger" => new TestCertificates("Stranger").Make(s_leaf with { BelowIntermediate = true }),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };
}
