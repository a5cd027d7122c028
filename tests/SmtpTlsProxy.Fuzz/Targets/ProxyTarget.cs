using System.Net;
using System.Net.Sockets;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Fuzz;

/// <summary>The first octets of a connection from a balancer.</summary>
static class ProxyTarget
{
    public static void Run(byte[] input)
    {
        ProxyHeaderStatus whole = ProxyHeader.TryParse(input, out ProxyHeader header);
        Grows(input, whole, header);
        if (whole != ProxyHeaderStatus.Ok)
        {
            Demand.That(whole != ProxyHeaderStatus.NeedMore || input.Length < ProxyHeader.MaxLength, "a header without end is waited for");
            return;
        }
        Demand.That(header.Length is > 0 and <= ProxyHeader.MaxLength && header.Length <= input.Length, $"a header of {header.Length}");
        if (input[0] == 'P')
            Demand.That(V1(Demand.Latin(input.AsSpan(..header.Length)), header), "version 1 was read otherwise");
        WritesAgain(header);
    }

    /// <summary>Judged at its first wrong or its last octet, the same however much stands behind it.</summary>
    static void Grows(byte[] input, ProxyHeaderStatus whole, ProxyHeader header)
    {
        bool judged = false;
        for (int end = 0; end <= input.Length; end++)
        {
            ProxyHeaderStatus status = ProxyHeader.TryParse(input.AsSpan(..end), out ProxyHeader some);
            Demand.That(!judged || (status, some) == (whole, header), "more octets change what it is");
            judged = status != ProxyHeaderStatus.NeedMore;
            Demand.That(!judged || (status, some) == (whole, header), $"{status} at {end}, {whole} in the end");
            Demand.That(status != ProxyHeaderStatus.Ok || end >= some.Length, "a header longer than its octets");
        }
    }

    /// <summary>The words of proxy-protocol.txt, section 2.1.</summary>
    static bool V1(string line, ProxyHeader header)
    {
        string[] words = line.Split(' ');
        if (line.Length > 107 || !line.EndsWith("\r\n") || words[0] != "PROXY")
            return false;
        if (words[1].TrimEnd() == "UNKNOWN")
            return header.IsLocal;
        AddressFamily family = words[1] == "TCP4" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        return words.Length == 6 && words[1] is "TCP4" or "TCP6"
            && Is(header.Source, words[2], words[4], family) && Is(header.Destination, words[3], words[5].TrimEnd(), family);
    }

    static bool Is(IPEndPoint? found, string address, string port, AddressFamily family) =>
        found is not null && IPAddress.TryParse(address, out IPAddress? right) && found.Address.Equals(right) && found.AddressFamily == family
        && port.All(char.IsAsciiDigit) && port == found.Port.ToString();

    static void WritesAgain(ProxyHeader header)
    {
        byte[] written = ProxyHeaderV2.Write(header.Source, header.Destination);
        ProxyHeaderStatus status = ProxyHeader.TryParse(written, out ProxyHeader again);
        Demand.That(status == ProxyHeaderStatus.Ok && again == header with { Length = written.Length }, "what we write is read otherwise");
    }
}
