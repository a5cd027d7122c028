namespace SmtpTlsProxy.Transport.Sockets;

/// <summary>The process's loops, each on a thread of its own. Sessions share nothing, so loops do not either.</summary>
public sealed class LoopGroup : IDisposable
{
    readonly EpollLoop[] _loops;
    readonly TimeProvider _time;

    /// <summary>Starts so many loops; warnings go to <paramref name="warn"/>, from any thread.</summary>
    public LoopGroup(int count, TimeProvider time, Action<string> warn)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _time = time;
        _loops = new EpollLoop[count];
        for (int i = 0; i < count; i++)
            (_loops[i] = new EpollLoop(time, warn)).Start($"loop {i}");
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<EpollLoop> Loops => _loops;

    /// <summary>The one that accepts for all: shared accepting was measured to be anything but shared.</summary>
    public EpollLoop Accepting => _loops[0];

    /// <summary>Sessions on all loops, those included that are on their way to one.</summary>
    public int Sessions => _loops.Sum(static loop => loop.Arriving + loop.Sessions);   // in this order: who arrives meanwhile is counted twice, not missed

    /// <summary>Turns that took over 100 ms, on all loops.</summary>
    public long LongTurns => _loops.Sum(static loop => loop.LongTurns);

    /// <summary>Times that accepting paused for want of descriptors or memory.</summary>
    public long AcceptFailures => _loops.Sum(static loop => loop.AcceptFailures);

    /// <summary>How long ago the loop that is furthest behind began its last turn. A healthy idle loop turns every five seconds.</summary>
    public TimeSpan OldestTurnAge => _loops.Max(loop => _time.GetElapsedTime(loop.LastTurn));

    /// <summary>The loop with the fewest sessions, those included that it was given and has not entered yet.</summary>
    internal EpollLoop LeastLoaded()
    {
        EpollLoop least = _loops[0];
        foreach (EpollLoop loop in _loops)
        {
            if (loop.Arriving + loop.Sessions < least.Arriving + least.Sessions)
                least = loop;
        }

        least.Arrives();
        return least;
    }

    /// <summary>Tells every session, present and future, that the process drains.</summary>
    public void DrainAll() => Array.ForEach(_loops, static loop => loop.DrainAll());

    /// <summary>Tells every session to end at once.</summary>
    public void AbortAll() => Array.ForEach(_loops, static loop => loop.AbortAll());

    /// <summary>Frees the memory that the loops keep for sessions to come; each does so in its next turn.</summary>
    public void Trim() => Array.ForEach(_loops, static loop => loop.TryPost(static state => ((EpollLoop)state!).Slabs.Trim(), loop));

    /// <summary>Stops the loops and waits for their threads. What is still open is reset.</summary>
    public void Dispose() => Array.ForEach(_loops, static loop => loop.Dispose());
}
