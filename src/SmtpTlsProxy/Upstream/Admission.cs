using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Upstream;

/// <summary>How a session fared at an upstream's door.</summary>
enum Admitted : byte { Yes, Full, Late, Interrupted }

/// <summary>
/// An upstream's cap, from all loops, and those that wait for a place under it (rule 6.3): a bounded line for each listener, served by turns, so that a
/// listener with a crowd does not shut out the others. Outlives reloads.
/// </summary>
sealed class Admission
{
    readonly Lock _lock = new();
    readonly List<Line> _lines = [];
    int _inside;
    int _waiting;
    int _cap;
    int _turn;

    sealed class Line(string listener)
    {
        public string Listener => listener;

        public Queue<Place> Places { get; } = new();
    }

    sealed class Place(Waiter waiter)
    {
        Action? _wake;

        public Waiter Waiter => waiter;

        public bool IsAdmitted { get; set; }

        public bool HasLeft { get; set; }

        public void Wake() => waiter.Loop.Post(_wake ??= waiter.SignalOctets);
    }

    /// <summary>Sessions that wait.</summary>
    public int Waiting { get { lock (_lock) return _waiting; } }

    /// <summary>A place is free and nobody waits for one: nothing is allocated. Otherwise <see cref="WaitAsync"/>.</summary>
    public bool TryEnter(int cap)
    {
        lock (_lock)
        {
            _cap = cap;
            if (_inside >= cap || _waiting > 0)
                return false;
            _inside++;
            return true;
        }
    }

    /// <summary>Stands in the listener's line until it is its turn, for as long as the errand may last.</summary>
    public async ValueTask<Admitted> WaitAsync(string listener, Errand errand, int most)
    {
        Place? place;
        lock (_lock)
            place = _waiting < most ? StandInLine(listener, errand.Waiter) : null;
        if (place is null)
            return Admitted.Full;
        Serve();                                                      // one may have left since
        while (true)
        {
            if (place.IsAdmitted)
                return Admitted.Yes;
            Wake wake = await errand.Waiter.NextAsync(errand.Ready);
            if ((errand.IsInterrupted || wake.IsTimer) && TryLeaveLine(place))
                return errand.IsInterrupted ? Admitted.Interrupted : Admitted.Late;
        }
    }

    /// <summary>A session is over: the next one comes in.</summary>
    public void Leave()
    {
        lock (_lock)
            _inside--;
        Serve();
    }

    Place StandInLine(string listener, Waiter waiter)
    {
        Line? line = _lines.Find(line => line.Listener == listener);
        if (line is null)
            _lines.Add(line = new Line(listener));
        Place place = new(waiter);
        line.Places.Enqueue(place);
        _waiting++;
        return place;
    }

    // False: it was admitted in the same moment.
    bool TryLeaveLine(Place place)
    {
        lock (_lock)
        {
            if (place.IsAdmitted)
                return false;
            place.HasLeft = true;
            _waiting--;
            return true;
        }
    }

    void Serve()
    {
        while (Next() is { } place)
            place.Wake();
    }

    Place? Next()
    {
        lock (_lock)
        {
            if (_inside >= _cap)
                return null;
            for (int tried = 0; tried < _lines.Count; tried++)
            {
                Line line = _lines[_turn++ % _lines.Count];
                while (line.Places.TryDequeue(out Place? place))
                {
                    if (place.HasLeft)
                        continue;
                    _waiting--;
                    _inside++;
                    place.IsAdmitted = true;
                    return place;
                }
            }
            return null;
        }
    }
}
