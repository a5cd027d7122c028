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

    /// <summary>
    /// Connects to the first of several addresses that answers. Here one behind another: the last may use all of the time, one before it that
    /// swallows packets leaves the others their share.
    /// </summary>
    public virtual async ValueTask<DialResult> DialAnyAsync(IReadOnlyList<EndPoint> to, Waiter waiter, Deadline deadline, Leg? watch)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(waiter);
        DialResult result = new(null, DialError.Other, "there is no address");
        for (int tried = 0; tried < to.Count; tried++)
        {
            TimeSpan share = waiter.Loop.Until(deadline) / (to.Count - tried);
            result = await DialAsync(to[tried], waiter, Deadline.Earlier(deadline, waiter.Loop.In(share)), watch);
            if (result.Leg is not null || result.Error is DialError.ClientLost or DialError.Aborted)
                return result;
        }

        return result;
    }
}
