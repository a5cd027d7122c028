using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Session;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Sockets;

namespace SmtpTlsProxy.Listener;

/// <summary>What the middlewares of one connection share: a Kestrel feature, set by the outermost.</summary>
sealed class ListenerSession(LoopConnection connection, SessionRoute route, SessionRecord record)
{
    public LoopConnection Connection => connection;

    public Leg Client => connection.Leg;

    public SessionRoute Route => route;

    public SessionRecord Record => record;

    /// <summary>How it ended: whoever ends the session sets it, the outermost middleware records it. Unset means a fault.</summary>
    public SessionEnd End { get; private set; } = new() { Reason = EndReason.Fault, ClientIsGone = true };

    public static ListenerSession Of(ConnectionContext context) => context.Features.Get<ListenerSession>()!;

    public void Ended(SessionEnd end) => End = end;

    /// <summary>Ends before any upstream was dialled: <paramref name="reply"/> as the greeting, and on an implicit listener, before TLS, silence.</summary>
    public async Task RefuseAsync(EndReason reason, OwnReply? reply)
    {
        bool silent = reply is null || (route.Listener.Tls is TlsMode.Implicit && Client.Tls is null);
        Ended(new SessionEnd { Reason = reason, LastReply = silent ? null : reply });
        if (silent)
        {
            await Client.CloseAsync(TimeSpan.Zero);
            return;
        }
        Client.Write(reply!.Octets);
        await route.Refusals.CloseAsync(Client);
    }
}
