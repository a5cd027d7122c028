using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace SmtpTlsProxy.Lifetime;

/// <summary>
/// The process's life by signals. The first SIGTERM or SIGINT drains and then stops the host: our drain precedes Kestrel's own stop, within which
/// other ports fall silent. The second one ends the process. SIGHUP asks for a reload.
/// </summary>
sealed class ProxyLifetime(IHostApplicationLifetime host, Drain drain, Func<TimeSpan> timeout, Action reload, Action<int> exit, bool hearsSignals = true) : IHostLifetime, IDisposable
{
    readonly List<PosixSignalRegistration> _signals = [];
    int _asked;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        if (!hearsSignals)          // somebody else holds the terminal
            return Task.CompletedTask;
        On(PosixSignal.SIGTERM, () => _ = EndAsync());
        On(PosixSignal.SIGINT, () => _ = EndAsync());
        On(PosixSignal.SIGHUP, reload);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _signals.ForEach(signal => signal.Dispose());

    /// <summary>What a signal to end does; the returned task is done once the host was told to stop.</summary>
    public async Task EndAsync()
    {
        if (Interlocked.Increment(ref _asked) > 1)
        {
            exit(1);
            return;
        }
        try
        {
            await drain.DrainAsync(timeout());
        }
        finally
        {
            host.StopApplication();
        }
    }

    void On(PosixSignal signal, Action act) => _signals.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;      // the runtime's own answer would end the process at once
        act();
    }));
}
