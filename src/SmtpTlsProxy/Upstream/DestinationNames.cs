using System.Collections.Concurrent;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Upstream;

/// <summary>The names of all destinations, looked up again and again for as long as a configuration has them. Known addresses outlive a reload.</summary>
/// <param name="source">Who is asked.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Warnings: a name that has no address is no reason not to start.</param>
sealed class DestinationNames(INameSource source, TimeProvider time, Action<string> tell) : IAsyncDisposable
{
    /// <summary>Shorter lives of an answer are taken for this: DNS is not asked for each session.</summary>
    static readonly TimeSpan _least = TimeSpan.FromSeconds(1);

    /// <summary>Longer ones for this.</summary>
    static readonly TimeSpan _most = TimeSpan.FromHours(1);

    /// <summary>When nobody answered, or there was no address.</summary>
    static readonly TimeSpan _again = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<(string Host, int Port), Entry> _entries = [];

    sealed record Entry(ResolvedName Name, CancellationTokenSource Stop, Task Work);

    /// <summary>What is known of a destination's name; it begins to be looked up if it was not before. Null for one that has no name.</summary>
    public ResolvedName? Of(DestinationConfiguration destination)
    {
        if (Addresses.NeedsNoName(destination))
            return null;
        lock (_entries)
            return _entries.GetOrAdd((destination.Host, destination.Port), Begin).Name;
    }

    /// <summary>Names that no destination has any longer are not asked for any more.</summary>
    public void Keep(IEnumerable<DestinationConfiguration> destinations)
    {
        HashSet<(string, int)> kept = [.. destinations.Select(destination => (destination.Host, destination.Port))];
        lock (_entries)
        {
            foreach ((string, int) gone in _entries.Keys.Where(key => !kept.Contains(key)).ToArray())
            {
                if (_entries.TryRemove(gone, out Entry? entry))
                    entry.Stop.Cancel();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Entry[] all = [.. _entries.Values];
        Array.ForEach(all, entry => entry.Stop.Cancel());
        foreach (Entry entry in all)
            await entry.Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    Entry Begin((string Host, int Port) key)
    {
        ResolvedName name = new(key.Host, key.Port);
        CancellationTokenSource stop = new();
        return new Entry(name, stop, Task.Run(() => KeepAskingAsync(name, stop.Token)));
    }

    async Task KeepAskingAsync(ResolvedName name, CancellationToken stop)
    {
        string? fault = null;                                         // the last one's words: it is told once
        while (!stop.IsCancellationRequested)
        {
            NameAnswer answer = NameAnswer.Failed;
            try
            {
                answer = await AskAsync(name, stop);
                fault = null;
            }
            catch (Exception bug) when (!stop.IsCancellationRequested)
            {                                                         // the name is asked for again: it must not stay without addresses for good
                if (bug.Message != fault)
                    tell($"Asking for destination {name.Host} has ended by a fault of the proxy's, and is tried again: {bug}");
                fault = bug.Message;
                name.Take(answer);
            }
            await Task.Delay(Life(answer), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task<NameAnswer> AskAsync(ResolvedName name, CancellationToken stop)
    {
        NameAnswer answer = await source.AskAsync(name.Host, stop);
        if (!stop.IsCancellationRequested && name.Take(answer))
            Tell(name.Host, answer, name.Count > 0);
        return answer;
    }

    void Tell(string host, in NameAnswer answer, bool holds) => tell(answer.Outcome switch
    {
        NameOutcome.Found => $"DNS has addresses of destination {host} again.",
        NameOutcome.NoAddress => $"Destination {host} has no address: its sessions hear 421 4.4.3 until it has one.",
        _ when holds => $"DNS does not answer for destination {host}: the addresses that were known last are used.",
        _ => $"DNS does not answer for destination {host}: its sessions hear 421 4.4.3 until it does.",
    });

    static TimeSpan Life(in NameAnswer answer)
    {
        if (answer.Outcome is not NameOutcome.Found)
            return _again;
        return answer.TimeToLive < _least ? _least : answer.TimeToLive > _most ? _most : answer.TimeToLive;
    }
}
