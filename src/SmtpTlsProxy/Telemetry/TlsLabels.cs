namespace SmtpTlsProxy.Telemetry;

/// <summary>
/// Version, cipher, group and resumption folded into a closed list. A peer chooses among what we offer; what is not on the list is <c>other</c>.
/// </summary>
static class TlsLabels
{
    const string Other = "other";
    const string Tls13 = "TLSv1.3";
    const string Tls12 = "TLSv1.2";

    // What legacy listeners are asked is who still needs them, not by which cipher.
    static readonly string[] _old = ["TLSv1.1", "TLSv1", Other];

    static readonly string[] _ciphers13 = ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256", Other];

    static readonly string[] _ciphers12 =
    [
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", Other,
    ];

    // Post-quantum groups exist in TLS 1.3 only.
    static readonly string[] _groups13 = ["x25519", "secp256r1", "secp384r1", "x25519mlkem768", Other];
    static readonly string[] _groups12 = ["x25519", "secp256r1", "secp384r1", Other];

    /// <summary>Every combination, in the order of <see cref="IndexOf"/>.</summary>
    public static IReadOnlyList<string[]> All { get; } =
        [.. Combine(Tls13, _ciphers13, _groups13), .. Combine(Tls12, _ciphers12, _groups12), .. _old.SelectMany(version => Combine(version, [Other], [Other]))];

    /// <summary>The place of a handshake in <see cref="All"/>.</summary>
    public static int IndexOf(string version, string cipher, string group, bool resumed)
    {
        int first13 = _ciphers13.Length * _groups13.Length * 2;
        int place = version switch
        {
            Tls13 => Place(_ciphers13, cipher, _groups13, group),
            Tls12 => first13 + Place(_ciphers12, cipher, _groups12, group),
            _ => All.Count - (2 * _old.Length) + (2 * IndexIn(_old, version)),
        };
        return place + (resumed ? 1 : 0);
    }

    static int Place(string[] ciphers, string cipher, string[] groups, string group) =>
        (IndexIn(ciphers, cipher) * groups.Length + IndexIn(groups, Canonical(group))) * 2;

    static int IndexIn(string[] list, string value)
    {
        int found = Array.FindIndex(list, known => known.Equals(value, StringComparison.OrdinalIgnoreCase));
        return found < 0 ? list.Length - 1 : found;
    }

    // OpenSSL and RFC 8422 name the NIST curves differently.
    static string Canonical(string group) => group switch
    {
        "prime256v1" or "P-256" => "secp256r1",
        "P-384" => "secp384r1",
        _ => group,
    };

    static IEnumerable<string[]> Combine(string version, string[] ciphers, string[] groups) =>
        from cipher in ciphers
        from @group in groups
        from resumed in new[] { "false", "true" }
        select new[] { version, cipher, @group, resumed };
}
