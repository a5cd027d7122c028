namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

/// <summary>Several addresses of one server, raced (RFC 8305 section 5): the first connection that stands wins, the others are dropped.</summary>
public sealed partial class SocketDialler
{
    /// <summary>The head start of each address before the next one (RFC 8305 section 8); a failure ends it at once.</summary>
    static readonly TimeSpan s_headStart = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public override ValueTask<DialResult> DialAnyAsync(IReadOnlyList<EndPoint> to, Waiter waiter, Deadline deadline, Leg? watch)
    {
        ArgumentNullException.ThrowIfNull(to);
        return to.Count == 1 ? DialAsync(to[0], waiter, deadline, watch) : RaceAsync(to, waiter, deadline, watch);
    }

    static async ValueTask<DialResult> RaceAsync(IReadOnlyList<EndPoint> to, Waiter waiter, Deadline deadline, Leg? watch)
    {
        if (Stopped(waiter, watch) is { } stopped)
            return stopped;
        Race race = new(to, waiter);
        while (true)
        {
            if (race.Step() is { } decided)
                return decided;
            await waiter.NextAsync(Deadline.Earlier(deadline, race.Next));
            if (Stopped(waiter, watch) is { } why)
                return race.Drop(why);
            // Octets win over a timer, and the timer may have been a head start's: only the clock tells.
            if (waiter.Loop.Now >= deadline.Timestamp && race.Step(begins: false) is null)
                return race.Drop(new DialResult(null, DialError.Timeout, "the time limit passed"));
        }
    }

    sealed class Race(IReadOnlyList<EndPoint> to, Waiter waiter)
    {
        readonly SocketWire?[] _wires = new SocketWire?[to.Count];
        DialResult _failed = new(null, DialError.Other, "there is no address");
        int _begun;
        int _undecided;

        /// <summary>When the next address begins.</summary>
        public Deadline Next { get; private set; }

        /// <summary>Begins what is due and looks at what has begun; null while nothing is decided.</summary>
        public DialResult? Step(bool begins = true)
        {
            while (true)
            {
                if (Winner() is { } won)
                    return won;
                bool isDue = _undecided == 0 || waiter.Loop.Now >= Next.Timestamp;
                if (_begun == to.Count || !isDue || !begins)
                    return _undecided == 0 && _begun == to.Count ? _failed : null;
                BeginNext();
            }
        }

        public DialResult Drop(DialResult why)
        {
            foreach (SocketWire? wire in _wires)
                wire?.Close(reset: true);
            return why;
        }

        void BeginNext()
        {
            _wires[_begun] = Begin(to[_begun], waiter, out DialResult failed);
            if (_wires[_begun] is null)
                _failed = failed;
            else
                _undecided++;
            _begun++;
            Next = _begun < to.Count ? waiter.Loop.In(s_headStart) : Deadline.Never;
        }

        DialResult? Winner()
        {
            for (int i = 0; i < _begun; i++)
            {
                if (_wires[i] is not { } wire)
                    continue;
                int errno = wire.FinishConnect();
                if (errno == 0)
                    return Won(i, wire);
                if (errno != Errno.EINPROGRESS)
                    Lost(i, wire, errno);
            }

            return null;
        }

        DialResult Won(int at, SocketWire wire)
        {
            _wires[at] = null;
            return Drop(new DialResult(new Leg(waiter, wire, wire.LocalEndPoint ?? s_unnamed, to[at]), DialError.None, ""));
        }

        // Who failed gives its head start to the next.
        void Lost(int at, SocketWire wire, int errno)
        {
            wire.Close(reset: true);
            _wires[at] = null;
            _undecided--;
            _failed = Failed(errno);
            Next = waiter.Loop.In(TimeSpan.Zero);
        }
    }
}
