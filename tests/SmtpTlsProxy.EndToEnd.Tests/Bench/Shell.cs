using System.Diagnostics;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>How a program ended and what it said.</summary>
sealed record Ran(int ExitCode, string Output, string Errors)
{
    public string All => Output + Errors;

    public Ran MustSucceed(string what)
    {
        Assert.True(ExitCode == 0, $"{what} ended with {ExitCode}:\n{All}");
        return this;
    }
}

/// <summary>Runs a program to its end, at most for a limit.</summary>
static class Shell
{
    public static async Task<Ran> RunAsync(string file, IEnumerable<string> arguments, byte[]? input = null, TimeSpan? limit = null, Action<ProcessStartInfo>? prepare = null)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        prepare?.Invoke(start);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await FeedAsync(process, input);
        using var patience = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(90));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{file} did not end in time:\n{await output}{await errors}");
        }
        return new Ran(process.ExitCode, await output, await errors);
    }

    public static async Task<Ran> MustAsync(string file, params string[] arguments) =>
        (await RunAsync(file, arguments)).MustSucceed(file + " " + string.Join(' ', arguments));

    static async Task FeedAsync(Process process, byte[]? input)
    {
        try
        {
            if (input is not null)
                await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all: its exit code and words say why.
        }
    }
}
