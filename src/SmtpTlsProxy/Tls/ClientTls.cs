using System.Net;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tls.Ratchets;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

/// <summary>How an upstream's legs are encrypted and verified.</summary>
sealed class ClientTls(UpstreamConfiguration upstream, ReportOnly reportOnly, TlsContext? context, RatchetPolicy ratchet) : IDisposable
{
    readonly VerificationPolicy _policy = new(upstream.Verify);

    /// <summary>Of an upstream that is spoken to under TLS.</summary>
    public TlsContext Context => context ?? throw new InvalidOperationException($"upstreams.{upstream.Name} is spoken to in the clear.");

    public ReportOnly ReportOnly => reportOnly;

    /// <summary>Asks about revocation; null: nobody does.</summary>
    public RevocationCheck? Revocation { get; } = upstream.Verify.Revocation is Configuration.Revocation.Disabled ? null : new RevocationCheck(upstream.Verify, TimeProvider.System);

    /// <summary>Notices what a server no longer does.</summary>
    public RatchetPolicy Ratchet => ratchet;

    /// <summary>
    /// Makes the context; a <c>caFile</c> that vanished since the configuration was checked throws <see cref="TrustUnusableException"/>, a client
    /// certificate that cannot be used <see cref="TlsException"/>. Sessions are kept in the context: another policy, or another certificate, resumes none.
    /// </summary>
    public static ClientTls Load(UpstreamConfiguration upstream, ReportOnly reportOnly, IReadOnlyList<TlsCertificate> certificates, SecurityMemory memory) =>
        new(upstream, reportOnly, ContextOf(upstream, certificates), new RatchetPolicy(upstream, reportOnly, memory));

    // In the clear nobody is verified, and the system's roots cost a start up to 50 ms (measured).
    static TlsContext? ContextOf(UpstreamConfiguration upstream, IReadOnlyList<TlsCertificate> certificates) => upstream.Tls is TlsMode.None
        ? null
        : TlsContext.ForClient(Verification.Trust(upstream.Verify) with { Certificate = OwnOf(upstream, certificates), Policy = upstream.TlsSettings });

    static TlsCertificate? OwnOf(UpstreamConfiguration upstream, IReadOnlyList<TlsCertificate> certificates) => upstream.ClientCertificate is not { } name
        ? null
        : certificates.FirstOrDefault(certificate => certificate.Name == name) ?? throw new TlsException($"upstreams.{upstream.Name}.clientCertificate: {name} cannot be used");

    /// <summary>Whom a handshake with <paramref name="destination"/> at <paramref name="dialled"/> expects (rule 4.8).</summary>
    public TlsTarget TargetOf(DestinationConfiguration destination, EndPoint dialled)
    {
        string? name = Verification.ExpectedName(upstream.Verify, destination);
        return new TlsTarget
        {
            ServerName = name,
            VerifyName = name,
            VerifyAddress = name is null ? (dialled as IPEndPoint)?.Address : null,
            Policy = _policy,
            Enforce = Enforces,
            Destination = destination.Id,
        };
    }

    /// <summary>A failed verification would be refused if it were not for <c>reportOnly</c>.</summary>
    public bool Reports => MustVerify && reportOnly.HasFlag(ReportOnly.Verification);

    /// <summary>A failed verification is refused.</summary>
    public bool Enforces => MustVerify && !reportOnly.HasFlag(ReportOnly.Verification);

    /// <summary>Under opportunistic a failed verification is counted, never enforced (rule 4.4, RFC 7435).</summary>
    bool MustVerify => upstream.Tls is TlsMode.Required or TlsMode.Implicit && upstream.Verify.Mode is not VerifyMode.None;

    public void Dispose() => context?.Dispose();
}
