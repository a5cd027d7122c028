using System.Net.Sockets;

namespace SmtpTlsProxy.Cli;

/// <summary>Asks the running proxy on its status address. What goes wrong is one line on stderr, and exit code 1.</summary>
static class RunningProxy
{
    static readonly TimeSpan _answerTime = TimeSpan.FromSeconds(5);

    /// <param name="address">host:port of the status address.</param>
    /// <param name="method">GET or POST.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="isPatient">The answer may take as long as it takes.</param>
    /// <param name="use">What becomes of status code and text: the exit code.</param>
    /// <param name="error">Where a failure is told.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public static async Task<int> AskAsync(
        string address, HttpMethod method, string path, bool isPatient, Func<bool, string, int> use, TextWriter error, CancellationToken cancellation)
    {
        if (!Uri.TryCreate($"http://{address}{path}", UriKind.Absolute, out Uri? uri))
            return Fail(error, $"{address} is no address: write HOST:PORT");
        using SocketsHttpHandler direct = new() { UseProxy = false, AllowAutoRedirect = false };
        using HttpClient http = new(direct) { Timeout = isPatient ? Timeout.InfiniteTimeSpan : _answerTime };
        try
        {
            using HttpRequestMessage request = new(method, uri);
            using HttpResponseMessage response = await http.SendAsync(request, cancellation);
            return use(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(cancellation));
        }
        catch (HttpRequestException failure)
        {
            string why = failure.InnerException is SocketException socket ? socket.Message : failure.Message;
            return Fail(error, $"no proxy answers at {address}: {why}. Is it running, and is its status address enabled? Name it with --status");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Fail(error, $"the proxy at {address} did not answer within {_answerTime.TotalSeconds:0} s");
        }
    }

    static int Fail(TextWriter error, string why)
    {
        error.WriteLine(why);
        return 1;
    }
}
