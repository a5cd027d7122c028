using System.Text;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// What a session would meet at a destination, without a client: dial, greeting, EHLO, STARTTLS and verification where policy asks, then EHLO as
/// the client would say it, and QUIT. The steps before that EHLO are the session's own.
/// </summary>
sealed class UpstreamCheck(UpstreamConfiguration upstream, DestinationConfiguration destination, string? hostname, ClientTls tls, Dialler dialler, Errand errand)
{
    /// <summary>The destination's name, if it has one that is looked up.</summary>
    public ResolvedName? Name { get; init; }

    /// <summary>Ok where a session would have been served; otherwise what was in its way.</summary>
    public async ValueTask<ConnectResult> RunAsync()
    {
        UpstreamAttempt attempt = new(upstream, destination, hostname, tls, dialler, errand) { Name = Name };
        OpenResult opened = await attempt.RunAsync();
        if (opened.Connection is not { } connection)
            return attempt.Result;
        ConnectResult result = attempt.Result is ConnectResult.Ok ? await TalkAsync(connection) : attempt.Result;
        if (result is ConnectResult.Ok or ConnectResult.Greeting)
            await connection.QuitAsync();
        else
            await connection.CloseAsync();
        return result;
    }

    async ValueTask<ConnectResult> TalkAsync(UpstreamConnection connection)
    {
        UpstreamTalk talk = new(connection.Leg, errand, errand.Ready, upstream.Quirks.HasFlag(Quirks.LfReplies));
        if (!connection.OwnGreeting)
        {
            TalkResult greeting = await talk.ReplyAsync(consume: true);
            if (!greeting.Is(220))
                return ResultOf(greeting);
        }
        TalkResult ehlo = await talk.AskAsync(Encoding.ASCII.GetBytes($"EHLO {upstream.Helo ?? hostname ?? AddressLiteral.Of(connection.Leg.Local)}\r\n"));
        if (ehlo.Failure is not TalkFailure.None)
            return ResultOf(ehlo);
        errand.Observer.Heard(SetupStep.Ehlo, ehlo.Code, ehlo.Octets);
        // A server that knows HELO alone, or takes no second EHLO, refuses and still serves (rules 1.2, 1.4).
        return ehlo.Is(421) ? ConnectResult.Greeting : ConnectResult.Ok;
    }

    static ConnectResult ResultOf(in TalkResult reply) => reply.Failure switch
    {
        TalkFailure.None => ConnectResult.Greeting,
        TalkFailure.Timeout => ConnectResult.Timeout,
        TalkFailure.NotSmtp => ConnectResult.Protocol,
        TalkFailure.ClientGone or TalkFailure.Draining => ConnectResult.Aborted,
        _ => ConnectResult.Closed,
    };
}
