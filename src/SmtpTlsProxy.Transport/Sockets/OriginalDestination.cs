namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;

/// <summary>
/// Where a redirected connection was going: netfilter's SO_ORIGINAL_DST. A connection that was not redirected gives its own local end, or nothing
/// where connections are not tracked.
/// </summary>
public static unsafe class OriginalDestination
{
    const int SolIp = 0;
    const int SolIpv6 = 41;
    const int SoOriginalDestination = 80;

    /// <summary>Of a connected descriptor; null when netfilter knows nothing of it.</summary>
    public static IPEndPoint? Of(int descriptor) => Ask(descriptor, SolIp) ?? Ask(descriptor, SolIpv6);

    static IPEndPoint? Ask(int descriptor, int level)
    {
        byte* address = stackalloc byte[SocketAddresses.Size];
        uint length = SocketAddresses.Size;
        if (Libc.getsockopt(descriptor, level, SoOriginalDestination, address, &length) < 0)
            return null;
        return SocketAddresses.Parse(new ReadOnlySpan<byte>(address, (int)Math.Min(length, SocketAddresses.Size)));
    }
}
