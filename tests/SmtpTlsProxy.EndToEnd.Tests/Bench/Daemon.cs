using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>A server program in the foreground, and what it says. It is asked to end, and made to if it does not.</summary>
sealed class Daemon : IAsyncDisposable
{
    const int SigTerm = 15;
    readonly Process _process;
    readonly StringBuilder _said = new();

    public Daemon(string program, params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        Leftovers.Add(this, () => Kill(_process.Id, SigTerm));
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Leftovers.Remove(this);
        if (!_process.HasExited)
            Kill(_process.Id, SigTerm);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
    }

    void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_said)
            _said.AppendLine(line);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    static extern int Kill(int process, int signal);
}
