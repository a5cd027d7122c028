using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls.Ratchets;

/// <summary>How much safer a server was before.</summary>
enum Downgrade : byte
{
    None,

    /// <summary>STARTTLS is not offered, or refused, where it worked.</summary>
    Stripped,

    /// <summary>The certificate is no longer good, or the version is older.</summary>
    Weakened,
}

/// <summary>What an upstream leg was worth. <paramref name="Version"/>: <c>TLSv1.3</c>; empty in clear.</summary>
readonly record struct SeenSecurity(UpstreamSecurity Level, string Version)
{
    public static SeenSecurity Clear => new(UpstreamSecurity.Clear, "");

    /// <summary>A handshake's, also of one that failed for its certificate alone: then nothing went over it, and no version was told.</summary>
    public static SeenSecurity Of(HandshakeResult tls) => new(tls.IsVerified ? UpstreamSecurity.Verified : UpstreamSecurity.Unverified, tls.Version);

    /// <summary>What was lost since <paramref name="best"/>.</summary>
    public Downgrade LossSince(SeenSecurity best)
    {
        if (Level is UpstreamSecurity.Clear)
            return best.Level is UpstreamSecurity.Clear ? Downgrade.None : Downgrade.Stripped;
        return IsLessThan(best) ? Downgrade.Weakened : Downgrade.None;
    }

    /// <summary>The better of both, one as it was seen: a version counts only beside the verification it came with.</summary>
    public SeenSecurity BestOf(SeenSecurity other) => IsLessThan(other) ? other : this;

    /// <summary>The most of it that can be had where nothing above <paramref name="newest"/> is spoken.</summary>
    public SeenSecurity Within(TlsVersion newest) => string.CompareOrdinal(NameOf(newest), Version) < 0 ? this with { Version = NameOf(newest) } : this;

    /// <summary>A level and a version that a handshake can have had.</summary>
    public bool IsKnown => Enum.IsDefined(Level) && Version is ("" or "TLSv1" or "TLSv1.1" or "TLSv1.2" or "TLSv1.3");

    public override string ToString() => Level switch
    {
        UpstreamSecurity.Clear => "clear text",
        UpstreamSecurity.Unverified => $"{Name}, certificate not verified",
        _ => $"{Name}, certificate verified",
    };

    string Name => Version.Length == 0 ? "TLS" : Version;

    // The version of a leg that was not verified may be anybody's: it says nothing against one that was.
    bool IsLessThan(SeenSecurity other) => Level < other.Level || (Level == other.Level && IsOlderThan(other.Version));

    // TLSv1, TLSv1.1, TLSv1.2, TLSv1.3: the order of the letters is that of the versions.
    bool IsOlderThan(string version) => string.CompareOrdinal(Version, version) < 0;

    static string NameOf(TlsVersion version) => version switch
    {
        TlsVersion.Tls10 => "TLSv1",
        TlsVersion.Tls11 => "TLSv1.1",
        TlsVersion.Tls12 => "TLSv1.2",
        _ => "TLSv1.3",
    };
}
