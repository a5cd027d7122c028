using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Tests.Shared;

namespace SmtpTlsProxy.Configuration;

/// <summary>What configuration tests begin with: a machine, certificate files, and the way from YAML to a result.</summary>
static class Given
{
    public static readonly DateTimeOffset Today = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly string Directory = System.IO.Directory.CreateTempSubdirectory("config-tests").FullName;

    public static readonly (string Cert, string Key) Pair = Certificate("public", days: 300);

    public static readonly string Certificates = $"certificates: {{ public: {{ certFile: {Pair.Cert}, keyFile: {Pair.Key} }} }}\n";

    public const string Pin = "spki:sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public static Machine Machine => new(new FakeTimeProvider(Today)) { HostName = "mail.example.com", OwnAddresses = [IPAddress.Parse("203.0.113.7"), IPAddress.Parse("2001:db8::7")] };

    /// <summary>A listener on loopback in front of a server on loopback: nothing to object to.</summary>
    public const string Minimal = """
        listeners: { mx: { address: "127.0.0.1:2525", tls: none, upstream: server } }
        upstreams: { server: { destinations: "127.0.0.1:10025", tls: none } }

        """;

    public static string Route(string listener = "address: '127.0.0.1:2525', tls: none", string upstream = "destinations: '127.0.0.1:10025', tls: none") =>
        $"listeners:\n  mx: {{ upstream: server, {listener} }}\nupstreams:\n  server: {{ {upstream} }}\n";

    public static LoadResult Load(string yaml, Machine? machine = null, RunFlags? flags = null, params (string, string)[] environment) =>
        ConfigurationLoader.Load([YamlSource.FromText(yaml, "config.yaml"), Environment(environment), FlagSource.From(flags ?? new RunFlags())], machine ?? Machine);

    public static Source Environment(params (string Name, string Value)[] variables) =>
        EnvironmentSource.From(variables.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));

    public static ProxyConfiguration Valid(string yaml, Machine? machine = null, RunFlags? flags = null, params (string, string)[] environment)
    {
        LoadResult result = Load(yaml, machine, flags, environment);
        Assert.Empty(result.Mistakes.Select(mistake => mistake.ToString()));
        return result.Configuration!;
    }

    public static Mistake OnlyMistake(string yaml, Machine? machine = null)
    {
        LoadResult result = Load(yaml, machine);
        Assert.Null(result.Configuration);
        Assert.Single(result.Mistakes.Select(mistake => mistake.ToString()));
        return result.Mistakes[0];
    }

    public static void Warns(LoadResult result, string path, string words) =>
        Assert.Contains(result.Warnings, warning => warning.Path == path && warning.ToString().Contains(words, StringComparison.Ordinal));

    public static void DoesNotWarn(LoadResult result, string path) => Assert.DoesNotContain(result.Warnings, warning => warning.Path == path);

    public static (string Cert, string Key) Certificate(string name, int days, int lifetime = 365, string? password = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("mail.example.com");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(Today.AddDays(days - lifetime), Today.AddDays(days));
        string keyPem = password is null ? key.ExportPkcs8PrivateKeyPem() : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        return (File($"{name}.crt", certificate.ExportCertificatePem()), File($"{name}.key", keyPem));
    }

    public static string Pkcs12(string name, string? password)
    {
        (string certificate, string key) = TestCertificates.Shared.MakePem(new TestLeaf { Names = ["mail.example.com"], BelowIntermediate = true });
        using X509Certificate2 pair = X509Certificate2.CreateFromPem(certificate, key);
        string path = Path.Combine(Directory, $"{name}.p12");
        System.IO.File.WriteAllBytes(path, pair.Export(X509ContentType.Pkcs12, password));
        return path;
    }

    /// <summary>Keys of tickets, the bytes of each counted up from its number.</summary>
    public static string TicketKeys(string name, params int[] numbers) =>
        File(name, string.Join('\n', numbers.Select(number => Convert.ToBase64String([.. Enumerable.Range(number, 80).Select(octet => (byte)octet)]))));

    public static string File(string name, string content)
    {
        string path = Path.Combine(Directory, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }
}
