using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Session;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Sockets;

namespace SmtpTlsProxy.Listener;

/// <summary>Outermost: moves everything behind it to a loop, keeps the session's record, and returns to Kestrel when all of it is over.</summary>
sealed class LoopMiddleware(ConnectionDelegate next, CurrentSessions sessions, SessionLog log, TimeProvider time)
{
    Func<LoopConnection, Task>? _run;
    Action<Exception>? _fault;

    public Task OnConnectionAsync(ConnectionContext context) =>
        ((LoopConnection)context).RunOnLoopAsync(_run ??= RunAsync, _fault ??= log.Fault);

    async Task RunAsync(LoopConnection connection)
    {
        SessionRoute route = sessions.RouteOf(connection.Listener);
        SessionRecord record = new(route.ListenerMetrics, route.UpstreamMetrics, time, log, connection.RemoteEndPoint);
        ListenerSession session = new(connection, route, record);
        connection.Features.Set(session);
        try
        {
            await next(connection);
        }
        finally
        {   // the one place where a session is counted as ended, a fault included
            record.ClientBytes(connection.Leg.BytesIn, connection.Leg.BytesOut);
            record.Ended(session.End);
        }
    }
}
