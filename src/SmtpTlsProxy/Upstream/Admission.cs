using System.Diagnostics.CodeAnalysis;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Upstream;

/// <summary>How a session fared at an upstream's door.</summary>
enum Admitted : byte { Yes, Full, Late, Interrupted }

/// <summary>
/// An upstream's cap, from all loops, and those that wait for a place under it (rule 6.3): a bounded line for each listener, served by turns, so that a
/// listener with a crowd does not shut out the others. Outlives reloads.
/// </summary>
/// <param name="turn">The line whose turn is first, among all that there have been.</param>
sealed class Admission(int turn = 0)
{
    readonly Lock _lock = new();
    readonly List<Line> _lines = [];
    int _inside;
    int _waiting;
    int _cap;
    int _turn = turn;

    sealed class Line(string listener)
    {
        public string Listener => listener;

        readonly Queue<Place> _places = new();
        int _gone;

        /// <summary>Those that have left included.</summary>
        public int Length => _places.Count;

        public void Add(Place place) => _places.Enqueue(place);

        /// <summary>The first that has not left.</summary>
        public bool TryTake([NotNullWhen(true)] out Place? first)
        {
            while (_places.TryDequeue(out first))
            {
                if (!first.HasLeft)
                    return true;
                _gone--;
            }
            return false;
        }

        /// <summary>Places of those that have left are dropped when they are the greater part: a line that does not move stays as short as twice its crowd.</summary>
        public void Leave(Place place)
        {
            place.HasLeft = true;
            if (++_gone * 2 <= _places.Count)
                return;
            for (int left = _places.Count; left > 0; left--)
            {
                Place one = _places.Dequeue();
                if (!one.HasLeft)
                    _places.Enqueue(one);
            }
            _gone = 0;
        }
    }

    sealed class Place(Line line, Waiter waiter)
    {
        Action? _wake;

        public Line Line => line;

        public bool IsAdmitted { get; set; }

        public bool HasLeft { get; set; }

        public void Wake() => waiter.Loop.Post(_wake ??= waiter.SignalOctets);
    }

    /// <summary>Sessions that wait.</summary>
    public int Waiting { get { lock (_lock) return _waiting; } }

    /// <summary>Places in all lines, those included that are kept though their sessions have left.</summary>
    public int Places { get { lock (_lock) return _lines.Sum(static line => line.Length); } }

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
        Serve();                                                      // a reload may have raised the cap: who waits comes in, and there is room in the line
        if (StandInLine(listener, errand.Waiter, most) is not { } place)
            return Admitted.Full;
        try
        {
            Serve();                                                  // one may have left since
            return await TurnAsync(place, errand);
        }
        catch
        {
            if (!TryLeaveLine(place))
                Leave();
            throw;
        }
    }

    /// <summary>A session is over: the next one comes in.</summary>
    public void Leave()
    {
        lock (_lock)
            _inside--;
        Serve();
    }

    // Looks before it waits: a drain, or a client's end, may have been told already, and is not told again.
    async ValueTask<Admitted> TurnAsync(Place place, Errand errand)
    {
        while (true)
        {
            if (place.IsAdmitted)
                return Admitted.Yes;
            if (errand.IsInterrupted && TryLeaveLine(place))
                return Admitted.Interrupted;
            Wake wake = await errand.Waiter.NextAsync(errand.Ready);
            if (wake.IsTimer && !errand.IsInterrupted && TryLeaveLine(place))
                return Admitted.Late;
        }
    }

    // Null: the line is full.
    Place? StandInLine(string listener, Waiter waiter, int most)
    {
        lock (_lock)
        {
            if (_waiting >= most)
                return null;
            Line? line = _lines.Find(line => line.Listener == listener);
            if (line is null)
                _lines.Add(line = new Line(listener));
            Place place = new(line, waiter);
            line.Add(place);
            _waiting++;
            return place;
        }
    }

    // False: it was admitted in the same moment.
    bool TryLeaveLine(Place place)
    {
        lock (_lock)
        {
            if (place.IsAdmitted)
                return false;
            place.Line.Leave(place);
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
                Line line = _lines[(int)((uint)_turn++ % (uint)_lines.Count)];
                if (!line.TryTake(out Place? place))
                    continue;
                _waiting--;
                _inside++;
                place.IsAdmitted = true;
                return place;
            }
            return null;
        }
    }
}
