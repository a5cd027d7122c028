namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

/// <summary>Dials by sockets, on the waiter's loop.</summary>
public sealed partial class SocketDialler : Dialler
{
    static readonly EndPoint s_unnamed = new IPEndPoint(IPAddress.None, 0);

    /// <inheritdoc/>
    public override async ValueTask<DialResult> DialAsync(EndPoint to, Waiter waiter, Deadline deadline, Leg? watch)
    {
        if (Stopped(waiter, watch) is { } stopped)
            return stopped;
        if (Begin(to, waiter, out DialResult failed) is not { } wire)
            return failed;
        DialResult? failure = await FailureAsync(wire, waiter, deadline, watch);
        if (failure is { } why)
        {
            wire.Close(reset: true);
            return why;
        }
        return new DialResult(new Leg(waiter, wire, wire.LocalEndPoint ?? s_unnamed, to), DialError.None, "");
    }

    static SocketWire? Begin(EndPoint to, Waiter waiter, out DialResult failed)
    {
        try
        {
            SocketWire? wire = SocketWire.Connect((EpollLoop)waiter.Loop, to, waiter, out int errno);
            failed = Failed(errno);
            return wire;
        }
        catch (IOException e)
        {
            // epoll has no room for it.
            failed = new DialResult(null, DialError.NoDescriptor, e.Message);
            return null;
        }
    }

    // Null when the connection stands.
    static async ValueTask<DialResult?> FailureAsync(SocketWire wire, Waiter waiter, Deadline deadline, Leg? watch)
    {
        for (int errno = wire.FinishConnect(); errno != 0; errno = wire.FinishConnect())
        {
            if (errno != Errno.EINPROGRESS)
                return Failed(errno);
            Wake wake = await waiter.NextAsync(deadline);
            if (Stopped(waiter, watch) is { } stopped)
                return stopped;
            if (wake.IsTimer)
                return new DialResult(null, DialError.Timeout, "the time limit passed");
        }
        return null;
    }

    // A client that has said something and then ended its direction still wants its answers (rule 6.6).
    static DialResult? Stopped(Waiter waiter, Leg? watch)
    {
        if (waiter.IsAborted)
            return new DialResult(null, DialError.Aborted, "the session was aborted");
        if (waiter.IsDraining)
            return new DialResult(null, DialError.Aborted, "the process drains");
        if (watch?.LookForEnd() is not (ReadStatus.Data or ReadStatus.Empty or null))
            return new DialResult(null, DialError.ClientLost, "the client has left");
        return null;
    }

    static DialResult Failed(int errno) => new(null, ErrorOf(errno), Errno.Describe(errno));

    static DialError ErrorOf(int errno) => errno switch
    {
        // A unix socket that is missing, or whose backlog is full, is as good as refused (connect(2)).
        Errno.ECONNREFUSED or Errno.ENOENT or Errno.EAGAIN or Errno.ECONNRESET => DialError.Refused,
        Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.ENETDOWN or Errno.EHOSTDOWN or Errno.ENONET or Errno.EACCES or Errno.EPERM => DialError.Unreachable,
        Errno.ETIMEDOUT => DialError.Timeout,
        Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM or Errno.EADDRNOTAVAIL => DialError.NoDescriptor,
        _ => DialError.Other,
    };
}
