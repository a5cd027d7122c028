namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Collections.Concurrent;
using System.Text;
using static SslConstants;

/// <summary>The key exchange groups that may be named, and which of them the system's OpenSSL has.</summary>
public static unsafe class TlsGroups
{
    const string PostQuantum = "X25519MLKEM768";

    static readonly ConcurrentDictionary<string, bool> s_available = [];

    // The hybrids stand against recordings that wait for a quantum computer; OpenSSL has them from 3.5 on, or from a provider.
    static readonly string[] s_standard = [PostQuantum, "X25519", "P-256", "P-384", "P-521"];

    static readonly (string Name, string Canonical)[] s_aliases =
    [
        ("secp256r1", "P-256"), ("prime256v1", "P-256"), ("secp384r1", "P-384"), ("secp521r1", "P-521"),
    ];

    /// <summary>Names as OpenSSL and IANA write them; the first of each group.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        PostQuantum, "SecP256r1MLKEM768", "SecP384r1MLKEM1024", "X25519", "X448", "P-256", "P-384", "P-521",
        "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "ffdhe2048", "ffdhe3072", "ffdhe4096",
    ];

    /// <summary>The group's name as it stands in <see cref="Names"/>, of any of its names in any case; null if there is none such.</summary>
    public static string? Find(string name)
    {
        string asked = s_aliases.FirstOrDefault(alias => alias.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Canonical ?? name;
        return Names.FirstOrDefault(known => known.Equals(asked, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>This OpenSSL, with its providers, has the group. Asked of OpenSSL once a name.</summary>
    /// <exception cref="OpenSslUnavailableException">OpenSSL is absent or unfit.</exception>
    public static bool IsAvailable(string name) => s_available.GetOrAdd(name, Try);

    /// <summary>What contexts are given: <paramref name="wanted"/>, or what is standard, without what is not there.</summary>
    internal static string ListOf(IReadOnlyList<string> wanted)
    {
        IEnumerable<string> known = wanted.Count == 0 ? s_standard : wanted.Select(name => Find(name) ?? name);
        return string.Join(':', Shared([.. known.Where(IsAvailable)]));
    }

    // A client sends one key share, for the first group. Most servers know no hybrid yet: without a second share each of them would cost a round trip more.
    static IReadOnlyList<string> Shared(IReadOnlyList<string> groups) => groups is [PostQuantum, "X25519", ..] && OpenSslLibrary.MarksKeyShares
        ? [.. groups.Take(2).Select(group => "*" + group), .. groups.Skip(2)]
        : groups;

    static bool Try(string name)
    {
        OpenSslLibrary.Load();
        nint context = LibSsl.SSL_CTX_new(LibSsl.TLS_client_method());
        if (context == 0)
            throw ErrorQueue.Exception("OpenSSL makes no context");
        fixed (byte* list = Encoding.ASCII.GetBytes(name + '\0'))
        {
            bool isKnown = LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, list) == 1;
            LibSsl.SSL_CTX_free(context);
            ErrorQueue.Clear();
            return isKnown;
        }
    }
}
