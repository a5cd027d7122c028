namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static SslConstants;

/// <summary>Sets OpenSSL's cipher and MAC up for one ticket.</summary>
static unsafe class TicketCipher
{
    const int IvSize = 16;

    /// <summary>A new ticket, by the first key. 1: done; -1: OpenSSL would not.</summary>
    internal static int Encrypt(TicketKeys keys, byte* name, byte* iv, nint cipher, nint mac)
    {
        TicketKey key = keys.First;
        key.Name.CopyTo(new Span<byte>(name, TicketKey.NameSize));
        RandomNumberGenerator.Fill(new Span<byte>(iv, IvSize));
        fixed (byte* secret = key.Cipher)
        {
            if (LibCrypto.EVP_EncryptInit_ex(cipher, LibCrypto.EVP_aes_256_cbc(), 0, secret, iv) != 1)
                return -1;
        }
        return Authenticate(key, mac) ? 1 : -1;
    }

    /// <summary>
    /// A client's ticket. 0: of no key of ours; 2: a new one is due, because the key is an older one, or a TLS 1.3 ticket is used once (RFC 8446 appendix C.4).
    /// </summary>
    internal static int Decrypt(TicketKeys keys, bool isUsedOnce, byte* name, byte* iv, nint cipher, nint mac)
    {
        if (keys.Find(new ReadOnlySpan<byte>(name, TicketKey.NameSize), out bool isFirst) is not { } key)
            return 0;
        fixed (byte* secret = key.Cipher)
        {
            if (!Authenticate(key, mac) || LibCrypto.EVP_DecryptInit_ex(cipher, LibCrypto.EVP_aes_256_cbc(), 0, secret, iv) != 1)
                return -1;
        }
        return isFirst && !isUsedOnce ? 1 : 2;
    }

    static bool Authenticate(TicketKey key, nint mac)
    {
        fixed (byte* secret = key.Mac, digest = "digest\0"u8, sha256 = "SHA256\0"u8)
        {
            OsslParam* parameters = stackalloc OsslParam[2];
            parameters[0] = new OsslParam { Key = digest, Type = OSSL_PARAM_UTF8_STRING, Data = sha256, Size = 6 };
            parameters[1] = default;
            return LibCrypto.EVP_MAC_init(mac, secret, TicketKey.MacSize, parameters) == 1;
        }
    }

    /// <summary>core.h: OSSL_PARAM(3); a list ends with one whose key is null.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct OsslParam
    {
        internal byte* Key;
        internal uint Type;
        internal void* Data;
        internal nuint Size;
        internal nuint ReturnSize;
    }
}
