namespace SmtpTlsProxy.Transport.OpenSsl;

using static SslConstants;

/// <summary>What an OCSP responder has said of a certificate.</summary>
public enum OcspStatus : byte
{
    /// <summary>It is not revoked.</summary>
    Good,

    /// <summary>It is revoked.</summary>
    Revoked,

    /// <summary>The responder does not know it, or has given no answer of use; see the detail.</summary>
    Unknown,
}

/// <summary>An OCSP response that was looked into.</summary>
/// <param name="Status">What it comes to; anything but Unknown is signed by the issuer, or in its name, and in its time.</param>
/// <param name="NextUpdate">How long from now it holds; null if it does not say.</param>
/// <param name="Detail">Why it is of no use; empty otherwise.</param>
public sealed record OcspAnswer(OcspStatus Status, TimeSpan? NextUpdate, string Detail);

/// <summary>OCSP (RFC 6960), by OpenSSL. Cheap enough for the pool, not for a loop.</summary>
public static unsafe class Ocsp
{
    // Clocks differ.
    const int Tolerance = 300;

    /// <summary>What to ask a responder (DER): one certificate, no nonce, since answers are shown to many.</summary>
    /// <exception cref="TlsException">A certificate cannot be read.</exception>
    public static byte[] Request(byte[] certificate, byte[] issuer)
    {
        OpenSslLibrary.Load();
        nint request = LibCrypto.OCSP_REQUEST_new();
        try
        {
            if (request == 0 || LibCrypto.OCSP_request_add0_id(request, IdOf(certificate, issuer)) == 0)
                throw ErrorQueue.Exception("OpenSSL makes no OCSP request");
            return Encoded(request);
        }
        finally
        {
            LibCrypto.OCSP_REQUEST_free(request);
        }
    }

    /// <summary>What a responder has said: signature, time and whom it is about are looked at.</summary>
    public static OcspAnswer Check(byte[] response, byte[] certificate, byte[] issuer)
    {
        OpenSslLibrary.Load();
        try
        {
            return Look(response, certificate, issuer);
        }
        finally
        {
            ErrorQueue.Clear();
        }
    }

    static OcspAnswer Look(byte[] response, byte[] certificate, byte[] issuer)
    {
        nint parsed = Parse(response), basic = 0, id = 0;
        try
        {
            if (parsed == 0)
                return Useless("it is no OCSP response");
            if (LibCrypto.OCSP_response_status(parsed) is var status and not 0)
                return Useless($"the responder answers with status {status}");
            basic = LibCrypto.OCSP_response_get1_basic(parsed);
            id = IdOf(certificate, issuer);
            return basic == 0 ? Useless("it holds no answer") : !IsSigned(basic, issuer) ? Useless("its signature is not the issuer's") : Find(basic, id);
        }
        finally
        {
            LibCrypto.OCSP_CERTID_free(id);
            LibCrypto.OCSP_BASICRESP_free(basic);
            LibCrypto.OCSP_RESPONSE_free(parsed);
        }
    }

    static OcspAnswer Find(nint basic, nint id)
    {
        int status, reason;
        nint revoked, from, until;
        if (LibCrypto.OCSP_resp_find_status(basic, id, &status, &reason, &revoked, &from, &until) != 1)
            return Useless("it is about another certificate");
        if (LibCrypto.OCSP_check_validity(from, until, Tolerance, -1) != 1)
            return Useless("its time is over, or has not come");
        OcspStatus found = status switch { V_OCSP_CERTSTATUS_GOOD => OcspStatus.Good, V_OCSP_CERTSTATUS_REVOKED => OcspStatus.Revoked, _ => OcspStatus.Unknown };
        return new OcspAnswer(found, FromNow(until), found is OcspStatus.Unknown ? "the responder does not know the certificate" : "");
    }

    // Signed by the issuer itself, or by a responder that it has certified for that (RFC 6960 section 4.2.2.2); OpenSSL looks for the extended key usage.
    static bool IsSigned(nint basic, byte[] issuerDer)
    {
        nint issuer = Der.ParseCertificate(issuerDer), store = LibCrypto.X509_STORE_new(), known = LibCrypto.OPENSSL_sk_new_null();
        try
        {
            LibCrypto.OPENSSL_sk_push(known, issuer);
            LibCrypto.X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
            return LibCrypto.X509_STORE_add_cert(store, issuer) == 1 && LibCrypto.OCSP_basic_verify(basic, known, store, 0) == 1;
        }
        finally
        {
            LibCrypto.OPENSSL_sk_free(known);
            LibCrypto.X509_STORE_free(store);
            LibCrypto.X509_free(issuer);
        }
    }

    static nint IdOf(byte[] certificateDer, byte[] issuerDer)
    {
        nint certificate = Der.ParseCertificate(certificateDer), issuer = 0;
        try
        {
            issuer = Der.ParseCertificate(issuerDer);
            nint id = LibCrypto.OCSP_cert_to_id(0, certificate, issuer); // 0: SHA-1, the one that every responder knows; it only names
            return id != 0 ? id : throw ErrorQueue.Exception("OpenSSL names no certificate to a responder");
        }
        finally
        {
            LibCrypto.X509_free(issuer);
            LibCrypto.X509_free(certificate);
        }
    }

    static nint Parse(byte[] response)
    {
        fixed (byte* start = response)
        {
            byte* next = start;
            return LibCrypto.d2i_OCSP_RESPONSE(null, &next, response.Length);
        }
    }

    static byte[] Encoded(nint request)
    {
        byte[] der = new byte[LibCrypto.i2d_OCSP_REQUEST(request, null)];
        fixed (byte* start = der)
        {
            byte* next = start;
            LibCrypto.i2d_OCSP_REQUEST(request, &next);
        }
        return der;
    }

    static TimeSpan? FromNow(nint time)
    {
        int days, seconds;
        return time != 0 && LibCrypto.ASN1_TIME_diff(&days, &seconds, 0, time) == 1 ? new TimeSpan(days, 0, 0, seconds) : null;
    }

    static OcspAnswer Useless(string why) => new(OcspStatus.Unknown, null, why);
}
