namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>Something that a class of tests shares, made when the first test asks: a fixture itself cannot be skipped.</summary>
sealed class Lazily<T>(Func<Task<T>> make) : IAsyncDisposable
    where T : IAsyncDisposable
{
    readonly Lazy<Task<T>> _made = new(make);

    /// <summary>What failed once fails for every test of the class, with the same words.</summary>
    public Task<T> GetAsync() => _made.Value;

    public async ValueTask DisposeAsync()
    {
        if (_made.IsValueCreated && _made.Value.IsCompletedSuccessfully)
            await (await _made.Value).DisposeAsync();
    }
}
