using System.Net;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// For whom a connection to an upstream is made ready: a session's client, or nobody's in particular (a health check, <c>probe</c>, <c>explain</c>).
/// The steps are the same for all of them.
/// </summary>
/// <param name="waiter">Who waits, and on which loop.</param>
/// <param name="client">The client's leg: watched meanwhile, and told of by PROXY, XCLIENT and XFORWARD; null: there is none.</param>
/// <param name="original">Where the client was going before it was redirected here.</param>
/// <param name="ready">Everything must be done by then.</param>
/// <param name="observer">Who hears of it.</param>
sealed class Errand(Waiter waiter, Leg? client, EndPoint? original, Deadline ready, IUpstreamObserver observer)
{
    public Waiter Waiter => waiter;

    public Leg? Client => client;

    public EndPoint? Original => original;

    public Deadline Ready => ready;

    public IUpstreamObserver Observer => observer;

    /// <summary>One that no client asked for.</summary>
    public static Errand WithoutClient(Waiter waiter, Deadline ready, IUpstreamObserver observer) => new(waiter, null, null, ready, observer);

    /// <summary>Nobody needs it any more: RST, or FIN without an octet (a client that said something and then FIN still wants its answers, rule 6.6), or the process ends.</summary>
    public bool IsAbandoned => waiter.IsAborted || client?.LookForEnd() is ReadStatus.End or ReadStatus.Truncated or ReadStatus.Lost;

    /// <summary>Abandoned, or the process drains.</summary>
    public bool IsInterrupted => waiter.IsDraining || IsAbandoned;

    /// <summary>How the session ends that was interrupted; null while it goes on.</summary>
    public OpenResult? Interrupted() => IsAbandoned ? Abandoned() : waiter.IsDraining ? OpenResult.Refused(OwnReplies.Draining, EndReason.Drain) : null;

    /// <summary>The same with less time.</summary>
    public Errand Until(Deadline earlier) => new(waiter, client, original, Deadline.Earlier(ready, earlier), observer);

    /// <summary>How an attempt is counted that was abandoned.</summary>
    public ConnectResult AbandonedResult => waiter.IsAborted || client is null ? ConnectResult.Aborted : ConnectResult.ClientLost;

    /// <summary>How a session ends whose client left before it was greeted, or which the process ended as it does in a drain.</summary>
    public OpenResult Abandoned() => OpenResult.ClientGone(waiter.IsAborted ? EndReason.Drain
        : client?.ProbeEnd() is ReadStatus.Lost ? EndReason.ClientLost : EndReason.Empty);

    /// <summary>How long there is at most; not longer than <paramref name="limit"/>.</summary>
    public TimeSpan Remaining(TimeSpan limit)
    {
        TimeSpan left = waiter.Loop.Until(ready);
        return left < limit ? left : limit;
    }
}
