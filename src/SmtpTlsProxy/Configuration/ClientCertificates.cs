using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Configuration;

/// <summary>Whether clients are asked for a certificate.</summary>
enum ClientCertificateMode { None, Request, Require }

/// <summary><c>clientCertificates</c> of a listener: whose certificates are good.</summary>
sealed record ClientCertificateConfiguration
{
    public ClientCertificateMode Mode { get; init; }

    /// <summary>Authorities that must have issued it; null: a pin stands for them.</summary>
    public string? CaFile { get; init; }

    /// <summary>Common or alternative names of which it must carry one; with pins, either will do.</summary>
    public IReadOnlyList<string> Subjects { get; init; } = [];

    public IReadOnlyList<CertificatePin> Pins { get; init; } = [];
}

/// <summary>The keys of <c>clientCertificates</c>, and what they ask of each other.</summary>
static class ClientCertificates
{
    public const string Section = "clientCertificates";

    public static IEnumerable<KeyDefinition> Keys(string at) =>
    [
        new($"{at}.{Section}.mode", KeyType.Word, "Whether clients are asked for a certificate in the handshake, or get no TLS without a good one.")
        {
            Default = "none", Words = Vocabulary.ClientCertificateModes.Words,
        },
        new($"{at}.{Section}.caFile", KeyType.File, "Authorities, PEM, one of which must have issued a client's certificate.") { DefaultDoc = "pins alone decide" },
        new($"{at}.{Section}.subjects", KeyType.Texts, "Common names or alternative names (DNS, mail) of which a client's certificate must have one; a pin will do as well.")
        {
            DefaultDoc = "any",
        },
        new($"{at}.{Section}.pins", KeyType.Pins, "Keys or certificates of clients; with caFile they must be issued by it too.") { DefaultDoc = "any" },
    ];

    public static ClientCertificateConfiguration Read(KeyScope keys) => new()
    {
        Mode = keys.Word("mode", Vocabulary.ClientCertificateModes),
        CaFile = keys.Text("caFile"),
        Subjects = keys.List<string>("subjects", text => text.Length > 0 ? text : Parsed.Wrong("it is empty")) ?? [],
        Pins = keys.List("pins", CertificatePin.Read) ?? [],
    };

    public static void Check(Validation at, ListenerConfiguration listener, string path)
    {
        string section = $"{path}.{Section}";
        ClientCertificateConfiguration asked = listener.ClientCertificates;
        UpstreamRules.CheckAuthorities(at, asked.CaFile, $"{section}.caFile");
        if (asked.Mode is ClientCertificateMode.None) CheckUnused(at, section);
        else CheckUsed(at, listener, asked, section);
    }

    static void CheckUnused(Validation at, string section)
    {
        if (at.Settings.IsWritten(section) && !at.Mistakes.Concern($"{section}.mode") && !at.Settings.IsWritten($"{section}.mode"))
            at.Refuse($"{section}.mode", "nobody is asked for a certificate: mode is none", "Write mode: request or mode: require");
    }

    static void CheckUsed(Validation at, ListenerConfiguration listener, ClientCertificateConfiguration asked, string section)
    {
        if (asked.CaFile is null && asked.Subjects.Count > 0)
            at.Refuse($"{section}.caFile", "subjects say nothing without it: whoever makes a certificate chooses its names", "Write the file of the authority that issues your clients' certificates");
        else if (asked.CaFile is null && asked.Pins.Count == 0 && !at.Mistakes.Concern($"{section}.pins"))
            at.Refuse($"{section}.caFile", "nothing says whose certificates are good", "Write caFile (the authority that issues them), or pins: [\"spki:sha256:…\"]");
        if (listener.Tls is TlsMode.None)
            at.Refuse($"{section}.mode", "certificates are shown in a TLS handshake, and tls is none", "Write tls: required or implicit");
        else if (asked.Mode is ClientCertificateMode.Require && listener.Tls is TlsMode.Opportunistic)
            at.Warn($"{section}.mode", "a client that does without STARTTLS shows no certificate and is served all the same", "Write tls: required or implicit");
    }
}
