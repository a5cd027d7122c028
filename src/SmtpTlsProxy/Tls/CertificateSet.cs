using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

/// <summary>What came of a certificate's files in a reload; unchanged ones are not spoken of. One of the two is null.</summary>
readonly record struct CertificateOutcome(TlsCertificate? Taken, CertificateUnusableException? Refused);

/// <summary>The certificates in use. Immutable; a reload makes another, in which a broken file has not displaced what was read before it broke.</summary>
sealed class CertificateSet
{
    readonly IReadOnlyList<Held> _held;

    readonly TimeProvider _time;

    CertificateSet(IReadOnlyList<Held> held, TimeProvider time)
    {
        (_held, _time) = (held, time);
        Usable = [.. held.Select(one => one.Certificate)];
    }

    /// <summary>In the order of the configuration.</summary>
    public IReadOnlyList<TlsCertificate> Usable { get; }

    /// <summary>Why a certificate is not the one in its files; null where it is.</summary>
    public string? ProblemOf(string name) => _held.FirstOrDefault(one => one.Certificate.Name == name)?.Problem;

    /// <summary>All of them; at a start an unusable one is a mistake, and throws <see cref="CertificateUnusableException"/>.</summary>
    public static CertificateSet Load(IEnumerable<CertificateConfiguration> configured, TimeProvider time) => new([.. configured.Select(certificate =>
    {
        CertificateContent content = CertificateFiles.Read(certificate);
        return new Held(CertificateFiles.Load(certificate, content, time), content.Fingerprint(), null);
    })], time);

    /// <summary>
    /// What <paramref name="configured"/> is now. An unusable certificate is told; what its name stood for goes on, and a new name is left out: others may do.
    /// </summary>
    public CertificateSet Next(IEnumerable<CertificateConfiguration> configured, Action<CertificateOutcome> tell) =>
        new([.. configured.Select(certificate => Next(certificate, tell)).OfType<Held>()], _time);

    Held? Next(CertificateConfiguration certificate, Action<CertificateOutcome> tell)
    {
        Held? held = _held.FirstOrDefault(one => one.Certificate.Name == certificate.Name);
        try
        {
            CertificateContent content = CertificateFiles.Read(certificate);
            string fingerprint = content.Fingerprint();
            if (held?.Fingerprint == fingerprint)
                return held with { Problem = null };
            TlsCertificate loaded = CertificateFiles.Load(certificate, content, _time);
            tell(new(loaded, null));
            return new(loaded, fingerprint, null);
        }
        catch (CertificateUnusableException refused)
        {
            tell(new(null, refused));
            return held is null ? null : held with { Problem = refused.Message };
        }
    }

    sealed record Held(TlsCertificate Certificate, string Fingerprint, string? Problem);
}
