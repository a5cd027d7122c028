namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>Certificates and keys between DER and OpenSSL. What is parsed belongs to the caller.</summary>
static unsafe class Der
{
    internal static nint ParseCertificate(ReadOnlySpan<byte> der)
    {
        fixed (byte* start = der)
        {
            byte* next = start;
            nint certificate = LibCrypto.d2i_X509(null, &next, der.Length);
            return certificate != 0 ? certificate : throw ErrorQueue.Exception("a certificate cannot be read");
        }
    }

    internal static nint ParseKey(ReadOnlySpan<byte> der)
    {
        fixed (byte* start = der)
        {
            byte* next = start;
            nint key = LibCrypto.d2i_AutoPrivateKey(null, &next, der.Length);
            return key != 0 ? key : throw ErrorQueue.Exception("a private key cannot be read");
        }
    }

    internal static byte[]? OfCertificate(nint certificate)
    {
        int length = certificate == 0 ? 0 : LibCrypto.i2d_X509(certificate, null);
        if (length <= 0)
            return null;
        byte[] der = new byte[length];
        fixed (byte* start = der)
        {
            byte* next = start;
            LibCrypto.i2d_X509(certificate, &next);
        }
        return der;
    }
}
