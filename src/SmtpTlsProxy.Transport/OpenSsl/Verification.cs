namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using static SslConstants;

/// <summary>Whom a client expects and what OpenSSL found (rule 4.8).</summary>
static unsafe class Verification
{
    // The subject's CN never counts, and a wildcard is the whole leftmost label (RFC 9525 sections 6.3 and 6.4).
    const uint HostFlags = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;

    /// <summary>A target that OpenSSL would understand in another way than meant is a mistake of the caller.</summary>
    internal static void AssertSensible(TlsTarget target)
    {
        // To OpenSSL a leading dot means any subdomain, and an empty name means none at all.
        if (target.VerifyName is { } name && (name.Length == 0 || name[0] is '.' or '*' || name.Contains('\0', StringComparison.Ordinal)))
            throw new ArgumentException($"'{name}' is no name to verify.", nameof(target));
        if (target is { Enforce: true, VerifyName: null, VerifyAddress: null } && (target.Policy ?? PeerPolicy.Pkix).NeedsName)
            throw new ArgumentException("Verification is enforced, and there is no name or address to verify.", nameof(target));
    }

    internal static void Expect(nint ssl, TlsTarget target)
    {
        SendServerName(ssl, target.ServerName);
        nint parameters = LibSsl.SSL_get0_param(ssl);
        LibCrypto.X509_VERIFY_PARAM_set_hostflags(parameters, HostFlags);
        if (target.VerifyName is { } name)
            ExpectName(parameters, name.TrimEnd('.'));
        else if (target.VerifyAddress is { } address)
            ExpectAddress(parameters, address);
        // Not enforced, OpenSSL verifies all the same and keeps the verdict.
        LibSsl.SSL_set_verify(ssl, target.Enforce ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, 0);
    }

    internal static HandshakeOutcome OutcomeOf(nint error) => (int)error switch
    {
        X509_V_OK => HandshakeOutcome.Ok,
        X509_V_ERR_CERT_NOT_YET_VALID or X509_V_ERR_CERT_HAS_EXPIRED => HandshakeOutcome.Expired,
        X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD or X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD => HandshakeOutcome.Expired,
        X509_V_ERR_HOSTNAME_MISMATCH or X509_V_ERR_IP_ADDRESS_MISMATCH => HandshakeOutcome.Name,
        X509_V_ERR_CERT_REVOKED => HandshakeOutcome.Revoked,
        _ => HandshakeOutcome.Untrusted,
    };

    internal static string TextOf(nint error) => Marshal.PtrToStringUTF8((nint)LibCrypto.X509_verify_cert_error_string(error)) ?? "";

    // Never an IP literal, no trailing dot (RFC 6066 section 3).
    static void SendServerName(nint ssl, string? name)
    {
        name = name?.TrimEnd('.');
        if (string.IsNullOrEmpty(name) || IPAddress.TryParse(name, out _))
            return;
        fixed (byte* octets = Encoding.ASCII.GetBytes(name + '\0'))
            ContextPolicy.Require(LibSsl.SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, octets), "the server name");
    }

    static void ExpectName(nint parameters, string name)
    {
        byte[] ascii = Encoding.ASCII.GetBytes(name);
        fixed (byte* octets = ascii)
            ContextPolicy.Require(LibCrypto.X509_VERIFY_PARAM_set1_host(parameters, octets, (nuint)ascii.Length), "the name to verify");
    }

    static void ExpectAddress(nint parameters, IPAddress address)
    {
        byte[] raw = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        fixed (byte* octets = raw)
            ContextPolicy.Require(LibCrypto.X509_VERIFY_PARAM_set1_ip(parameters, octets, (nuint)raw.Length), "the address to verify");
    }
}
