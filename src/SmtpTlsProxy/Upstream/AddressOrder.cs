using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// In which order the addresses of a name are dialled: IPv6 first, the families by turns (RFC 8305 section 4). Made once for each answer of DNS, in as many
/// turns as there are addresses, so that sessions are spread over the servers behind a name and nothing is made for a session.
/// </summary>
static class AddressOrder
{
    /// <summary>More addresses than these are not dialled for one session: upstreamReady would not suffice.</summary>
    public const int PerSession = 6;

    /// <summary>More than these of one name are not used.</summary>
    const int Most = 64;

    /// <summary>The orders of these addresses; a session takes the next one.</summary>
    public static EndPoint[][] Of(IReadOnlyList<IPAddress> addresses, int port)
    {
        IPEndPoint[] six = Ends(addresses, AddressFamily.InterNetworkV6, port);
        IPEndPoint[] four = Ends(addresses, AddressFamily.InterNetwork, port);
        return [.. Enumerable.Range(0, Math.Max(six.Length, four.Length)).Select(turn => Interleave(Turned(six, turn), Turned(four, turn)))];
    }

    static EndPoint[] Interleave(IPEndPoint[] six, IPEndPoint[] four)
    {
        List<EndPoint> order = [];
        for (int i = 0; i < Math.Max(six.Length, four.Length); i++)
        {
            if (i < six.Length)
                order.Add(six[i]);
            if (i < four.Length)
                order.Add(four[i]);
        }
        return [.. order.Take(PerSession)];
    }

    static IPEndPoint[] Turned(IPEndPoint[] ends, int turn) => ends.Length == 0 ? [] : [.. ends[(turn % ends.Length)..], .. ends[..(turn % ends.Length)]];

    // Sorted: servers shuffle their answers, which is no change.
    static IPEndPoint[] Ends(IReadOnlyList<IPAddress> addresses, AddressFamily family, int port) =>
        [.. addresses.Where(address => address.AddressFamily == family).Distinct().Take(Most).Select(address => new IPEndPoint(address, port)).OrderBy(end => end.ToString(), StringComparer.Ordinal)];
}
