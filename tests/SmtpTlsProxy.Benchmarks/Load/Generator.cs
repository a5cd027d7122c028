using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.Sockets;

namespace SmtpTlsProxy.Benchmarks.Load;

/// <summary>All clients of all plans, on one loop of this process.</summary>
sealed class Generator : IDisposable
{
    readonly EpollLoop _loop = new(TimeProvider.System, Console.Error.WriteLine);

    public Generator() => _loop.Start("load");

    /// <summary>Clients for a plan, all of them ready.</summary>
    public Task<LoadRun> OpenAsync(LoadPlan plan) => _loop.Call(() => LoadRun.OpenAsync(plan, _loop));

    /// <summary>Runs one client's work on the loop.</summary>
    public Task<T> OnLoopAsync<T>(Func<Waiter, Task<T>> work) => _loop.Call(async () =>
    {
        Waiter waiter = _loop.Enter();
        try
        {
            return await work(waiter);
        }
        finally
        {
            waiter.AbortAll();
            _loop.Leave(waiter);
        }
    });

    public void Dispose() => _loop.Dispose();
}
