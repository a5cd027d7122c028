namespace SmtpTlsProxy.Configuration;

/// <summary>How a value of a key is written.</summary>
static class Remedies
{
    public static string For(KeyDefinition key) => key.Type switch
    {
        KeyType.DomainName => "write a domain name such as mail.example.com",
        KeyType.HeloName => "write a domain name such as mail.example.com, or an address literal such as [192.0.2.1]",
        KeyType.Name when key.Path.EndsWith("Certificate", StringComparison.Ordinal) => "write the name of a certificate",
        KeyType.Name => "write the name of an upstream",
        KeyType.Names => "write names of certificates",
        KeyType.Word => $"write one of {string.Join(", ", key.Words)}",
        KeyType.Words => $"write any of {string.Join(", ", key.Words)}",
        KeyType.TlsVersion => $"write one of {string.Join(", ", key.Words)}",
        KeyType.CipherSuites => "write suites such as TLS_AES_256_GCM_SHA384 or ECDHE-ECDSA-AES256-GCM-SHA384",
        KeyType.Groups => $"write any of {string.Join(", ", key.Words)}",
        KeyType.Flag => "write true or false",
        KeyType.DomainNames => "write domain names such as mail.example.com",
        KeyType.Texts => "write one or several names",
        KeyType.Integer => $"write a number from {key.Min} to {key.Max}",
        KeyType.Size => $"write a size such as 8KiB or 50MiB, {SizeRange(key)}",
        KeyType.Duration => "write a duration such as 500ms, 10s, 5m or 1h, 100ms or more",
        KeyType.ListenAddresses => "write host:port, [v6]:port, unix:/path or systemd:NAME",
        KeyType.Address => "write an IP address and a port, such as 127.0.0.1:9525 or [::1]:9525, or write disabled in place of the map",
        KeyType.Addresses => "write IP addresses, such as 10.96.0.10 or [::1]:5353; the port is 53 where none is written",
        KeyType.Networks => "write networks such as 10.0.0.0/8 or 2001:db8::/32",
        KeyType.Destinations => "write host:port, [v6]:port, unix:/path or original",
        KeyType.Pins => "write spki:sha256: (of the public key) or cert:sha256: (of the certificate), and the digest as 64 hexadecimal digits or in base64",
        KeyType.File when key.Segment == "stateDirectory" => "write the path of a folder",
        _ => "write the path of a file",
    };

    static string SizeRange(KeyDefinition key) =>
        key.Max == long.MaxValue ? $"{Sizes.Write(key.Min)} or more" : $"from {Sizes.Write(key.Min)} to {Sizes.Write(key.Max)}";
}
