using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>`openssl ocsp` as an authority runs it: knows these certificates as good and those as revoked.</summary>
sealed class RevocationResponder : IAsyncDisposable
{
    readonly Process _process;

    RevocationResponder(Process process) => _process = process;

    public static async Task<RevocationResponder> StartAsync(Scratch scratch, TestCa ca, int port, IEnumerable<PemPair> good, IEnumerable<PemPair> revoked)
    {
        string index = scratch.Write("index.txt", string.Concat(good.Select(pair => Line(pair, "V", "")).Concat(revoked.Select(pair => Line(pair, "R", "200101000000Z")))));
        var start = new ProcessStartInfo(Needs.Tool("openssl"),
            ["ocsp", "-index", index, "-CA", ca.File, "-rsigner", ca.File, "-rkey", ca.WriteKey("responder.key"), "-port", $"{port}", "-nmin", "60"])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process = Process.Start(start)!;
        // One client at a time: a connection to try it out would stand in the way of the first that asks.
        var waits = new TaskCompletionSource();
        process.OutputDataReceived += (_, line) => Look(line.Data);
        process.ErrorDataReceived += (_, line) => Look(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var responder = new RevocationResponder(process);
        Leftovers.Add(responder, process.Kill);
        await waits.Task.WaitAsync(TimeSpan.FromSeconds(20));
        return responder;

        void Look(string? line)
        {
            if (line?.Contains("waiting for OCSP client", StringComparison.Ordinal) == true)
                waits.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Leftovers.Remove(this);
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    static string Line(PemPair pair, string state, string revoked)
    {
        using X509Certificate2 certificate = pair.Load();
        return $"{state}\t{certificate.NotAfter.ToUniversalTime():yyMMddHHmmss}Z\t{revoked}\t{certificate.SerialNumber}\tunknown\t/CN=x\n";
    }
}
