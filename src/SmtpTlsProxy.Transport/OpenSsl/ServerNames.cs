namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Globalization;

/// <summary>Which SSL_CTX a server name (SNI) chooses: exact before wildcard; without a match the first certificate's.</summary>
sealed class ServerNames
{
    readonly Dictionary<string, nint> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The context of the asked name, or 0.</summary>
    internal nint Find(string name)
    {
        name = name.TrimEnd('.');
        if (_byName.TryGetValue(name, out nint context))
            return context;
        // A wildcard is the whole leftmost label only (RFC 9525 section 6.3).
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byName.TryGetValue($"*{name[dot..]}", out context) ? context : 0;
    }

    /// <summary>Makes the contexts, each distinct choice once; the default first, since connections begin with it.</summary>
    internal static ServerNames Of(IReadOnlyList<TlsCertificate> certificates, Func<IReadOnlyList<TlsCertificate>, nint> makeContext)
    {
        Dictionary<string, nint> made = [];
        nint Context(IReadOnlyList<int> chosen)
        {
            string key = string.Join(',', chosen.Select(index => index.ToString(CultureInfo.InvariantCulture)));
            if (!made.TryGetValue(key, out nint context))
                made[key] = context = makeContext([.. chosen.Select(index => certificates[index])]);
            return context;
        }

        ServerNames names = new();
        Context(certificates[0].DnsNames is [string first, ..] ? Chosen(certificates, first) : [0]);
        foreach (string name in certificates.SelectMany(certificate => certificate.DnsNames))
            names._byName.TryAdd(name, Context(Chosen(certificates, name)));
        return names;
    }

    // The first EC and the first RSA certificate that carry the name.
    static List<int> Chosen(IReadOnlyList<TlsCertificate> certificates, string name)
    {
        List<int> chosen = [];
        for (int index = 0; index < certificates.Count; index++)
        {
            if (certificates[index].DnsNames.Contains(name) && chosen.TrueForAll(other => certificates[other].IsRsa != certificates[index].IsRsa))
                chosen.Add(index);
        }
        return chosen;
    }
}
