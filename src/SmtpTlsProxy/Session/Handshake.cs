using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Session;

/// <summary>One handshake under way. Its links belong to <see cref="Handshakes"/>' lock; all else to its own loop, and others may read whose turn it is.</summary>
sealed class Handshake(Handshakes all, Leg client) : IHandshakeWatch
{
    long _since = all.NextTurn();
    bool _works;
    bool _left;

    public Handshake? Previous { get; set; }

    public Handshake? Next { get; set; }

    public bool IsLinked { get; set; }

    /// <summary>It had to make room for another.</summary>
    public bool WasEnded { get; private set; }

    /// <summary>Its peer has kept it waiting for longer than <paramref name="other"/>'s.</summary>
    public bool WaitsLongerThan(Handshake other)
    {
        bool works = Volatile.Read(ref _works);
        bool otherWorks = Volatile.Read(ref other._works);
        return works == otherWorks ? Volatile.Read(ref _since) < Volatile.Read(ref other._since) : otherWorks;
    }

    /// <summary>Ends it on its own loop; from any.</summary>
    public void End() => client.Waiter.Loop.Post(EndHere);

    /// <summary>It is over.</summary>
    public void Leave()
    {
        _left = true;
        all.Remove(this);
    }

    void IHandshakeWatch.Waits(bool answered)
    {
        if (answered)
            Volatile.Write(ref _since, all.NextTurn());
        Volatile.Write(ref _works, false);
    }

    void IHandshakeWatch.Works() => Volatile.Write(ref _works, true);

    void EndHere()
    {
        if (_left)
            return;                                                   // it had come to its end meanwhile
        WasEnded = true;
        client.Abort();
    }
}
