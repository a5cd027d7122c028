namespace SmtpTlsProxy.Cli.Reloading;

/// <summary>When to reload: every few seconds if a file holds something else, and when asked (SIGHUP).</summary>
sealed class FileWatch(Reload reload, TimeProvider time)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>An editor empties a file before it writes it: what changes is looked at twice.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(250);

    // As often as that, so that a change on the beat of the looks is not met halfway for ever.
    const int Looks = 4;

    readonly SemaphoreSlim _one = new(1);
    FilePrints _configuration = FilePrints.Of(reload.ConfigurationFiles);
    FilePrints _named = FilePrints.Of(reload.NamedFiles);

    /// <summary>Until <paramref name="stop"/>.</summary>
    public async Task WatchAsync(CancellationToken stop)
    {
        using PeriodicTimer ticks = new(Period, time);
        while (await ticks.WaitForNextTickAsync(stop))
            await LookAsync(stop);
    }

    /// <summary>Reloads, whether or not anything has changed.</summary>
    public Task AskedAsync() => OneAtATimeAsync(ConfigurationAsync);

    /// <summary>Reloads if something has changed and rests again.</summary>
    public async Task LookAsync(CancellationToken stop)
    {
        (FilePrints configuration, FilePrints named) = Look();
        if (_configuration.Cover(configuration) && _named.Cover(named))
            return;
        if (await RestedAsync(configuration, named, stop) is { } rested)
            await OneAtATimeAsync(() => _configuration.Cover(rested) && !reload.IsRefused ? NamedAsync() : ConfigurationAsync());
    }

    // The configuration that no longer changes; null: it is left to the next look.
    async Task<FilePrints?> RestedAsync(FilePrints configuration, FilePrints named, CancellationToken stop)
    {
        for (int looks = 0; looks < Looks; looks++)
        {
            await Task.Delay(Settling, time, stop);
            (FilePrints nextConfiguration, FilePrints nextNamed) = Look();
            if (configuration.Cover(nextConfiguration) && named.Cover(nextNamed))
                return configuration;
            (configuration, named) = (nextConfiguration, nextNamed);
        }
        return null;
    }

    (FilePrints Configuration, FilePrints Named) Look() => (FilePrints.Of(reload.ConfigurationFiles), FilePrints.Of(reload.NamedFiles));

    // Prints are taken before files are read: a change in between is seen at the next look.
    async Task ConfigurationAsync()
    {
        _configuration = FilePrints.Of(reload.ConfigurationFiles);
        reload.Read();
        _named = FilePrints.Of(reload.NamedFiles);
        await reload.TryAsync();
    }

    async Task NamedAsync()
    {
        _named = FilePrints.Of(reload.NamedFiles);
        await reload.RenewAsync();
    }

    async Task OneAtATimeAsync(Func<Task> act)
    {
        await _one.WaitAsync();
        try
        {
            await act();
        }
        catch (Exception bug)
        {   // nobody awaits a signal, and a watch that has ended would never say so
            reload.Fault(bug);
        }
        finally
        {
            _one.Release();
        }
    }
}
