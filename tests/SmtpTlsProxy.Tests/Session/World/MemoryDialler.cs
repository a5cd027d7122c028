using System.Net;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>Dials into memory; behaves towards session and client as the one by sockets does.</summary>
sealed class MemoryDialler(Func<EndPoint, Waiter, Wire> connect) : Dialler
{
    public static readonly IPEndPoint Local = IPEndPoint.Parse("10.0.0.1:40000");

    /// <summary>Who was dialled, in order.</summary>
    public List<EndPoint> Dialled { get; } = [];

    /// <summary>The leg dialled last.</summary>
    public Leg Leg { get; private set; } = null!;

    /// <summary>Errors of the next dials; then they succeed.</summary>
    public Queue<DialError> Errors { get; } = new();

    /// <summary>Nobody answers, until this is unset and the waiter is woken.</summary>
    public bool Hangs { get; set; }

    public override async ValueTask<DialResult> DialAsync(EndPoint to, Waiter waiter, Deadline deadline, Leg? watch)
    {
        Dialled.Add(to);
        while (Hangs)
        {
            Wake wake = await waiter.NextAsync(deadline);
            if (Stopped(waiter, watch) is { } why)
                return new DialResult(null, why, "stopped");
            if (wake.IsTimer)
                return new DialResult(null, DialError.Timeout, "time");
        }
        if (Errors.TryDequeue(out DialError error) && error is not DialError.None)
            return new DialResult(null, error, "said so");
        Leg = new Leg(waiter, connect(to, waiter), Local, to);
        return new DialResult(Leg, DialError.None, "");
    }

    static DialError? Stopped(Waiter waiter, Leg? watch)
    {
        if (waiter.IsAborted || waiter.IsDraining)
            return DialError.Aborted;
        return watch?.ProbeEnd() is not (ReadStatus.Data or ReadStatus.Empty or null) ? DialError.ClientLost : null;
    }
}
