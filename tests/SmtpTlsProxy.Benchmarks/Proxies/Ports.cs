using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.Benchmarks.Proxies;

/// <summary>Free ports for programs that must be told one; below the ephemeral range, so that no outgoing connection takes one meanwhile.</summary>
static class Ports
{
    const int First = 20_000, Last = 32_000;
    static int s_next = Random.Shared.Next(First, Last);

    public static int Free()
    {
        for (int tries = 0; tries < Last - First; tries++)
        {
            int port = First + (Interlocked.Increment(ref s_next) % (Last - First));
            if (IsFree(port))
                return port;
        }
        throw new InvalidOperationException("no free port");
    }

    static bool IsFree(int port)
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
