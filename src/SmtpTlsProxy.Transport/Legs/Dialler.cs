namespace SmtpTlsProxy.Transport.Legs;

using System.Net;
using SmtpTlsProxy.Transport.Loops;

/// <summary>Connects to an upstream: by sockets, or in memory in tests.</summary>
public abstract class Dialler
{
    /// <summary>
    /// Connects to an address (a name was resolved before). The leg signals <paramref name="waiter"/>. A reset of <paramref name="watch"/>, the
    /// client's leg, stops it, and so
    /// does its end without an octet. Errors are results.
    /// </summary>
    public abstract ValueTask<DialResult> DialAsync(EndPoint to, Waiter waiter, Deadline deadline, Leg? watch);
}
