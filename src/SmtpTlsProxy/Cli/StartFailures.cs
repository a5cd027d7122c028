using System.Net.Sockets;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Cli;

/// <summary>Why a proxy could not start, in one line and an exit code: expected mistakes have no trace.</summary>
static class StartFailures
{
    public static async Task<int> ToldAsync(Func<Task> start)
    {
        try
        {
            await start();
            return ExitCodes.Ok;
        }
        catch (Exception e) when (Judge(e) is var (why, code))
        {
            Console.Error.WriteLine($"error: {why}");
            return code;
        }
    }

    static (string Why, int Code)? Judge(Exception e) => e switch
    {
        CertificateUnusableException or TrustUnusableException or TicketsUnusableException => (e.Message, ExitCodes.Configuration),
        OpenSslUnavailableException => (e.Message, ExitCodes.Unavailable),
        // A kind of address that nothing binds yet.
        NotSupportedException => (e.Message, ExitCodes.Configuration),
        // The word of both kinds of listeners for an address in use, not of this machine or not this user's. Kestrel calls every address http.
        IOException => ($"{e.Message.Replace("http://", "", StringComparison.Ordinal)} Choose another address, or stop what holds it.", ExitCodes.Unavailable),
        // Kestrel's own sockets, those of the admin ports, say nothing of the address.
        SocketException => ($"metrics or status: the address cannot be bound: {e.Message}. Choose another, or disabled.", ExitCodes.Unavailable),
        _ => null,
    };
}
