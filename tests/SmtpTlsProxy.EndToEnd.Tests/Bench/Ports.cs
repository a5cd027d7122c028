using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>Free ports for programs that must be told one. Below the ephemeral range, so that no outgoing connection takes one between here and there.</summary>
static class Ports
{
    const int First = 20_000, Last = 32_000;
    static int s_next = Random.Shared.Next(First, Last);

    public static int Free()
    {
        for (int tries = 0; tries < 2_000; tries++)
        {
            int port = First + (Interlocked.Increment(ref s_next) % (Last - First));
            if (IsFree(port))
                return port;
        }
        throw new InvalidOperationException("no free port");
    }

    static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Any, port) { ExclusiveAddressUse = true };
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
