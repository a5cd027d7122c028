namespace SmtpTlsProxy.Tests.Shared;

using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

/// <summary>An OCSP response (RFC 6960 section 4.2.1), put together by hand.</summary>
public sealed record TestOcsp
{
    static readonly Asn1Tag s_zero = new(TagClass.ContextSpecific, 0), s_one = new(TagClass.ContextSpecific, 1);

    public bool IsRevoked { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset Until { get; init; }

    public byte[] Signed(byte[] certificateDer, X509Certificate2 issuer)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(certificateDer);
        byte[] data = Data(certificate, issuer);
        using ECDsa key = issuer.GetECDsaPrivateKey()!;
        byte[] signature = key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        AsnWriter basic = new(AsnEncodingRules.DER);
        using (basic.PushSequence())
        {
            basic.WriteEncodedValue(data);
            using (basic.PushSequence())
                basic.WriteObjectIdentifier("1.2.840.10045.4.3.2");       // ecdsa-with-SHA256
            basic.WriteBitString(signature);
        }
        return Whole(basic.Encode());
    }

    static byte[] Whole(byte[] basic)
    {
        AsnWriter whole = new(AsnEncodingRules.DER);
        using (whole.PushSequence())
        {
            whole.WriteEncodedValue([0x0A, 1, 0]);                        // successful
            using (whole.PushSequence(s_zero))
            using (whole.PushSequence())
            {
                whole.WriteObjectIdentifier("1.3.6.1.5.5.7.48.1.1");      // id-pkix-ocsp-basic
                whole.WriteOctetString(basic);
            }
        }
        return whole.Encode();
    }

    byte[] Data(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        AsnWriter data = new(AsnEncodingRules.DER);
        using (data.PushSequence())
        {
            using (data.PushSequence(s_one))
                data.WriteEncodedValue(issuer.SubjectName.RawData);       // byName
            data.WriteGeneralizedTime(From, omitFractionalSeconds: true);
            using (data.PushSequence())
                Single(data, certificate, issuer);
        }
        return data.Encode();
    }

    void Single(AsnWriter data, X509Certificate2 certificate, X509Certificate2 issuer)
    {
        using (data.PushSequence())
        {
            Name(data, certificate, issuer);
            if (IsRevoked)
                using (data.PushSequence(s_one))
                    data.WriteGeneralizedTime(From, omitFractionalSeconds: true);
            else
                data.WriteNull(s_zero);
            data.WriteGeneralizedTime(From, omitFractionalSeconds: true);
            using (data.PushSequence(s_zero))
                data.WriteGeneralizedTime(Until, omitFractionalSeconds: true);
        }
    }

    static void Name(AsnWriter data, X509Certificate2 certificate, X509Certificate2 issuer)
    {
        using (data.PushSequence())
        {
            using (data.PushSequence())
                data.WriteObjectIdentifier("1.3.14.3.2.26");              // SHA-1
            data.WriteOctetString(SHA1.HashData(issuer.SubjectName.RawData));
            data.WriteOctetString(SHA1.HashData(issuer.PublicKey.EncodedKeyValue.RawData));
            data.WriteInteger(certificate.SerialNumberBytes.Span);
        }
    }
}
