using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Session;

/// <summary>One handshake under way. Its place in the order belongs to <see cref="Handshakes"/>' lock; all else to its own loop.</summary>
sealed class Handshake(Handshakes all, Leg client, long since) : IHandshakeWatch
{
    /// <summary>Those that wait for us come last: their peers have done what was asked of them.</summary>
    public static readonly IComparer<Handshake> LongestWaitFirst =
        Comparer<Handshake>.Create(static (a, b) => a.Works != b.Works ? a.Works.CompareTo(b.Works) : a.Since.CompareTo(b.Since));

    bool _left;

    /// <summary>Our turn.</summary>
    public bool Works { get; private set; }

    /// <summary>A number that grows: since when the peer has been asked.</summary>
    public long Since { get; private set; } = since;

    /// <summary>It had to make room for another.</summary>
    public bool WasEnded { get; private set; }

    public void Stands(bool works, long since) => (Works, Since) = (works, since);

    /// <summary>Ends it on its own loop; from any.</summary>
    public void End() => client.Waiter.Loop.Post(EndHere);

    /// <summary>It is over.</summary>
    public void Leave()
    {
        _left = true;
        all.Remove(this);
    }

    void IHandshakeWatch.Waits(bool answered) => all.Move(this, works: false, answered);

    void IHandshakeWatch.Works() => all.Move(this, works: true, answered: false);

    void EndHere()
    {
        if (_left)
            return;                                                   // it had come to its end meanwhile
        WasEnded = true;
        client.Abort();
    }
}
