using System.Net;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// The addresses of one destination's name, as DNS said last. Asked again in the background when they have lived their time, so no session waits for DNS
/// but those that come before the first answer. When DNS fails, the last answer holds.
/// </summary>
sealed class ResolvedName(string host, int port)
{
    readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile EndPoint[][]? _orders;
    NameOutcome _said = NameOutcome.Found;                           // only the one that asks
    int _turn;

    public string Host => host;

    /// <summary>The addresses in this session's order; empty: there are none; null: nobody has answered yet.</summary>
    public IReadOnlyList<EndPoint>? Next()
    {
        if (_orders is not { } orders)
            return null;
        return orders.Length == 0 ? [] : orders[(int)((uint)Interlocked.Increment(ref _turn) % (uint)orders.Length)];
    }

    /// <summary>How many addresses there are, as far as a session may dial them.</summary>
    public int Count => _orders is [var first, ..] ? first.Length : 0;

    /// <summary>Once there was an answer, whatever it was.</summary>
    public async Task<IReadOnlyList<EndPoint>> FirstAsync(CancellationToken cancel)
    {
        await _first.Task.WaitAsync(cancel);
        return Next() ?? [];
    }

    /// <summary>DNS has spoken. True where that changed something that is worth a word.</summary>
    public bool Take(in NameAnswer answer)
    {
        if (answer.Outcome is not NameOutcome.Failed)
            _orders = AddressOrder.Of(answer.Addresses, port);
        else
            _orders ??= [];
        _first.TrySetResult();
        bool isNews = answer.Outcome != _said;
        _said = answer.Outcome;
        return isNews;
    }
}
