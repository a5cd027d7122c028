using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Session;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Sockets;

namespace SmtpTlsProxy.Listener;

/// <summary>Outermost on the loop: finds the session's route and keeps its record.</summary>
sealed class RecordMiddleware(ConnectionDelegate next, CurrentSessions sessions, SessionLog log, TimeProvider time)
{
    public async Task OnConnectionAsync(ConnectionContext context)
    {
        LoopConnection connection = (LoopConnection)context;
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
