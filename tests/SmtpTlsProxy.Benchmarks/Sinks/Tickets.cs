using System.Runtime.InteropServices;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Benchmarks.Sinks;

/// <summary>Takes from one side what a resumption needs, so that every handshake is a full one.</summary>
static partial class Tickets
{
    /// <summary>A server that gives none (TLS 1.3).</summary>
    public static TlsContext WithoutTickets(this TlsContext server)
    {
        if (SSL_CTX_set_num_tickets(server.Handle.Primary, 0) != 1)
            throw new InvalidOperationException("OpenSSL does not leave tickets out");
        return server;
    }

    /// <summary>A client that keeps none.</summary>
    public static unsafe TlsContext ThatForgets(this TlsContext client)
    {
        LibSsl.SSL_CTX_ctrl(client.Handle.Primary, SslConstants.SSL_CTRL_SET_SESS_CACHE_MODE, SslConstants.SSL_SESS_CACHE_OFF, null);
        return client;
    }

    // SSL_CTX_set_num_tickets(3)
    [LibraryImport(LibSsl.Library)]
    private static partial int SSL_CTX_set_num_tickets(nint context, nuint count);
}
