using System.Net;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// One session's search among the servers of an upstream: the next destination, or the next address of one behind a name, until one of them serves or
/// none is left. Destinations with an open circuit are passed over, unless all that are left have one: then it is better to try than to refuse.
/// </summary>
sealed class Search(UpstreamConnector connector, Errand errand, SessionRecord record)
{
    /// <summary>Before the next server, at random up to this: sessions that lost the same server do not fall upon another together.</summary>
    static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Addresses of one name that a session is sent to, one behind another.</summary>
    const int AddressesTried = 3;

    readonly bool[] _done = new bool[connector.Standings.Length];
    readonly List<EndPoint> _avoid = [];
    OpenResult? _last;
    int _attempts;
    int _latest = -1;                                                 // the destination that was tried last
    int _addressesTried;                                              // of its addresses
    int _again = -1;                                                  // the same once more: it has another address to try
    bool _isPanic;

    /// <summary>One attempt. Where its result says that another server may do, there is one, and nothing is open.</summary>
    public async ValueTask<OpenResult> NextAsync()
    {
        if (_last is not null && await PauseAsync() is { } interrupted)
            return interrupted;
        for (int at = Pick(); at >= 0; at = Pick())
        {                                                             // each turn uses one up: no circuit that opens meanwhile keeps it here
            _done[at] = true;
            if (await TryAsync(at) is { } tried)
                return await JudgeAsync(at, tried);
        }
        return _last ?? OpenResult.Refused(OwnReplies.NoConnection, EndReason.NoUpstream);
    }

    int Pick()
    {
        int at = _again;
        _again = -1;
        if (at >= 0)
            return at;
        at = connector.Pick(_done);
        if (at >= 0 || _attempts > 0 || _isPanic)
            return at;
        _isPanic = true;                                              // every circuit is open
        Array.Clear(_done);
        return connector.Pick(_done);
    }

    // Null: its circuit is open.
    async ValueTask<Tried?> TryAsync(int at)
    {
        if (!_isPanic)
            return await connector.Standings[at].Circuit.TryAsync(static state => state.Search.AttemptAsync(state.At), (Search: this, At: at));
        return await AttemptAsync(at);
    }

    async ValueTask<Tried> AttemptAsync(int at)
    {
        if (_isPanic || !connector.IsUp(at))
            record.UpstreamPanic();
        _attempts++;
        if (at != _latest)
            (_latest, _addressesTried) = (at, 0);
        bool isLast = !connector.HasOthers(_done) && _addressesTried + 1 >= AddressesOf(at);
        UpstreamAttempt attempt = connector.Attempt(at, isLast ? errand : connector.OneOfSeveral(errand), _avoid);
        OpenResult result = await connector.RunAsync(attempt, at, record);
        if (result.MayTryAnother && attempt.Reached is { } reached && ++_addressesTried < AddressesOf(at))
        {
            _avoid.Add(reached);
            _again = at;
        }
        return new(result, attempt.Result, attempt.IsFailure);
    }

    int AddressesOf(int at) => Math.Min(AddressesTried, connector.AddressesOf(at));

    async ValueTask<OpenResult> JudgeAsync(int at, Tried tried)
    {
        bool goesOn = tried.Result.MayTryAnother && _attempts < Resilience.MostAttempts && (_again >= 0 || connector.HasOthers(_done));
        if (!goesOn)
            return tried.Result.AsFinal();
        record.UpstreamRetry(connector.Standings[at].Id, tried.Why);
        if (tried.Result.Connection is { } refused)
            await refused.GiveUpAsync();
        OpenResult told = tried.Result.WithoutConnection();
        _last = told.AsFinal();
        return told;
    }

    async ValueTask<OpenResult?> PauseAsync()
    {
        Deadline until = Deadline.Earlier(errand.Ready, errand.Waiter.Loop.In(_pause * Random.Shared.NextDouble()));
        while (errand.Waiter.Loop.Now < until.Timestamp && !errand.IsInterrupted)
            await errand.Waiter.NextAsync(until);
        return errand.Interrupted();
    }
}
