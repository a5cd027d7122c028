namespace SmtpTlsProxy.Configuration;

enum KeyType
{
    /// <summary>A domain name of two labels or one.</summary>
    DomainName,

    /// <summary>A domain name or an address literal: what EHLO may say.</summary>
    HeloName,

    /// <summary>The name of an upstream.</summary>
    Name,

    /// <summary>Names of certificates.</summary>
    Names,

    /// <summary>One of the key's words.</summary>
    Word,

    /// <summary>Several of the key's words.</summary>
    Words,

    /// <summary>One of the key's words, which YAML and JSON may hold as a number.</summary>
    TlsVersion,

    /// <summary>Names of cipher suites, IANA's or OpenSSL's.</summary>
    CipherSuites,

    /// <summary>Names of key exchange groups.</summary>
    Groups,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>Domain names; one or several.</summary>
    DomainNames,

    /// <summary>Any text; one or several.</summary>
    Texts,

    Integer,
    Size,
    Duration,

    /// <summary>host:port, [v6]:port, unix:/path, systemd:NAME; one or several.</summary>
    ListenAddresses,

    /// <summary>host:port, [v6]:port.</summary>
    Address,

    /// <summary>host:port, [v6]:port; one or several.</summary>
    Addresses,

    /// <summary>Networks such as 10.0.0.0/8; one or several.</summary>
    Networks,

    /// <summary>host:port, [v6]:port, unix:/path, original; one, several, or a map of ids.</summary>
    Destinations,

    /// <summary>spki:sha256:… or cert:sha256:…; one or several.</summary>
    Pins,

    File,
}

static class KeyTypes
{
    extension(KeyType type)
    {
        public bool IsList => type is KeyType.Names or KeyType.Words or KeyType.CipherSuites or KeyType.Groups or KeyType.DomainNames or KeyType.Texts or KeyType.ListenAddresses or KeyType.Addresses or KeyType.Networks or KeyType.Destinations or KeyType.Pins;

        /// <summary>What a value of the type is called in a message and in the reference.</summary>
        public string Noun => type switch
        {
            KeyType.DomainName => "domain name",
            KeyType.HeloName => "domain name",
            KeyType.Name => "name",
            KeyType.Names => "names",
            KeyType.Word => "word",
            KeyType.Words => "words",
            KeyType.TlsVersion => "version",
            KeyType.CipherSuites => "suites",
            KeyType.Groups => "groups",
            KeyType.Flag => "true or false",
            KeyType.DomainNames => "domain names",
            KeyType.Texts => "texts",
            KeyType.Integer => "number",
            KeyType.Size => "size",
            KeyType.Duration => "duration",
            KeyType.ListenAddresses => "address",
            KeyType.Address => "address",
            KeyType.Addresses => "addresses",
            KeyType.Networks => "networks",
            KeyType.Destinations => "destinations",
            KeyType.Pins => "pins",
            _ => "file",
        };
    }
}
