namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Security.Cryptography;
using System.Text;

/// <summary>A key that session tickets are made with (RFC 5077 section 4): AES-256 in CBC mode and HMAC-SHA-256. Immutable, and a secret.</summary>
public sealed class TicketKey
{
    internal const int NameSize = 16;
    internal const int CipherSize = 32;
    internal const int MacSize = 32;

    readonly byte[] _all;

    TicketKey(byte[] all) => _all = all;

    internal ReadOnlySpan<byte> Name => _all.AsSpan(0, NameSize);

    internal ReadOnlySpan<byte> Cipher => _all.AsSpan(NameSize, CipherSize);

    internal ReadOnlySpan<byte> Mac => _all.AsSpan(NameSize + CipherSize);

    /// <summary>
    /// The key that <paramref name="secret"/> gives for <paramref name="purpose"/> (HKDF-SHA-256, RFC 5869): the same wherever both are the same, and for
    /// another purpose nothing that has to do with it.
    /// </summary>
    public static TicketKey Derive(ReadOnlySpan<byte> secret, string purpose)
    {
        byte[] all = new byte[NameSize + CipherSize + MacSize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, all, salt: [], Encoding.UTF8.GetBytes(purpose));
        return new TicketKey(all);
    }

    /// <summary>A secret is not printed.</summary>
    public override string ToString() => nameof(TicketKey);
}

/// <summary>
/// The keys of one server's tickets. They live apart from contexts: a context made anew, or another process with the same keys, resumes what was agreed on
/// before. What they are may change at any time; handshakes on all loops look here.
/// </summary>
public sealed class TicketKeys
{
    volatile TicketKey[] _keys;

    /// <summary>At least one key: the first encrypts, all decrypt.</summary>
    public TicketKeys(IReadOnlyList<TicketKey> keys) => _keys = Checked(keys);

    /// <summary>From now on these.</summary>
    public void Become(IReadOnlyList<TicketKey> keys) => _keys = Checked(keys);

    internal TicketKey First => _keys[0];

    /// <summary>The key of that name; null for none. <paramref name="isFirst"/>: it is the one that encrypts.</summary>
    internal TicketKey? Find(ReadOnlySpan<byte> name, out bool isFirst)
    {
        TicketKey[] keys = _keys;
        isFirst = keys[0].Name.SequenceEqual(name);
        foreach (TicketKey key in keys)
        {
            if (key.Name.SequenceEqual(name))
                return key;
        }
        return null;
    }

    static TicketKey[] Checked(IReadOnlyList<TicketKey> keys) => keys.Count > 0 ? [.. keys] : throw new ArgumentException("There is no key.", nameof(keys));
}
