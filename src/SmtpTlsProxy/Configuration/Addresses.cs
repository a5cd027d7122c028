using System.Globalization;
using System.Net;

namespace SmtpTlsProxy.Configuration;

/// <summary>Addresses, destinations and networks as operators write them.</summary>
static class Addresses
{
    public static Parsed<ListenAddress> Listen(string text)
    {
        if (Suffix(text, "unix:") is { } path) return UnixPath(path) ? new ListenAddress.Unix(path) : Parsed.Wrong($"\"{path}\" is no absolute path");
        if (Suffix(text, "systemd:") is { } name) return name.Length > 0 ? new ListenAddress.Systemd(name) : Parsed.Wrong("the socket's name is missing");
        Parsed<IPEndPoint> endPoint = EndPoint(text);
        return endPoint.Problem is { } problem ? Parsed.Wrong(problem) : new ListenAddress.Tcp(endPoint.Value);
    }

    /// <summary>An address to bind: no name is resolved for it but localhost, or a listener's reach would be anybody's guess.</summary>
    /// <summary>A server of DNS: its port may be left out.</summary>
    public static Parsed<IPEndPoint> NameServer(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) ? new IPEndPoint(address, 53) : EndPoint(text);

    public static Parsed<IPEndPoint> EndPoint(string text)
    {
        if (!TrySplit(text, out string host, out int port)) return Parsed.Wrong($"\"{text}\" is no address with a port");
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return new IPEndPoint(IPAddress.Loopback, port);
        return TryAddress(host, out IPAddress address) ? new IPEndPoint(address, port) : Parsed.Wrong($"\"{host}\" is no IP address to bind");
    }

    public static Parsed<DestinationConfiguration> Destination(string id, string text)
    {
        if (text == "original") return new DestinationConfiguration(id, DestinationKind.Original, "original", 0);
        if (Suffix(text, "unix:") is { } path)
            return UnixPath(path) ? new DestinationConfiguration(id, DestinationKind.Unix, path, 0) : Parsed.Wrong($"\"{path}\" is no absolute path");
        if (!TrySplit(text, out string host, out int port)) return Parsed.Wrong($"\"{text}\" is no host with a port");
        if (port == 0) return Parsed.Wrong("port 0 cannot be dialled");
        if (TryAddress(host, out IPAddress address)) return new DestinationConfiguration(id, DestinationKind.Tcp, address.ToString(), port);
        Parsed<string> name = DomainNames.Host(host);
        return name.Problem is { } problem ? Parsed.Wrong(problem) : new DestinationConfiguration(id, DestinationKind.Tcp, name.Value, port);
    }

    /// <summary>A network, or an address for a network of itself. Bits behind the prefix are dropped.</summary>
    public static Parsed<IPNetwork> Network(string text)
    {
        if (TryAddress(text, out IPAddress address)) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return TryAddress(text.Split('/')[0], out _) && IPNetwork.TryParse(text, out IPNetwork network) ? network : Parsed.Wrong($"\"{text}\" is no network");
    }

    static bool TrySplit(string text, out string host, out int port)
    {
        int colon = text.LastIndexOf(':');
        host = colon > 0 ? text[..colon] : "";
        bool isBracketed = host is ['[', .., ']'];
        if (isBracketed) host = host[1..^1];
        port = 0;
        return host.Length > 0 && host.Contains(':') == isBracketed
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;
    }

    // IPAddress alone takes "10.1" and "0x7f.1" for addresses; what is written must be what is meant.
    static bool TryAddress(string host, out IPAddress address) =>
        IPAddress.TryParse(host, out address!) && (host.Contains(':') || host.Split('.') is { Length: 4 } parts && parts.All(IsDecimal));

    static bool IsDecimal(string part) => part.Length is > 0 and <= 3 && part.All(char.IsAsciiDigit) && (part is "0" || part[0] != '0');

    static bool UnixPath(string path) => path is ['/', _, ..];

    static string? Suffix(string text, string prefix) => text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;
}
