using System.Text;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// A connected leg made ready for the client, in this order: PROXY header, TLS and verification, identity, greeting (rules 4.1 to 4.8, 6.8).
/// Nothing that is said before TLS and verification stand reaches the client (rule 4.2).
/// </summary>
sealed partial class UpstreamSetup(
    UpstreamConfiguration upstream, DestinationConfiguration destination, string? hostname, ClientTls tls, Errand errand, Leg leg, ConnectClock clock)
{
    readonly UpstreamTalk _talk = new(leg, errand, errand.Ready, upstream.Quirks.HasFlag(Quirks.LfReplies));
    HandshakeResult? _handshake;                                      // with all that was asked about it
    TalkResult? _ehlo;                                                // the last answer on the leg as it is now

    /// <summary>The upstream's greeting is used up: the client is greeted by us.</summary>
    public bool OwnGreeting { get; private set; }

    /// <summary>The code of the greeting, or of what said 421 in its place; 0 before it.</summary>
    public int GreetingCode { get; private set; }

    public async ValueTask<SetupResult> RunAsync()
    {
        leg.Write(IdentityTalk.ProxyHeader(upstream.Identity, errand.Client));
        leg.Flush();                                                  // a server that wants the header greets nobody before it
        SetupResult secured = upstream.Tls switch
        {
            TlsMode.None => SetupResult.Fine,
            TlsMode.Implicit => await HandshakeAsync(),
            _ => await StartTlsAsync(),
        };
        if (!secured.IsFine)
            return secured;
        SetupResult known = upstream.Identity is Identity.XClient or Identity.XForward ? await TellIdentityAsync() : SetupResult.Fine;
        return known.IsFine && !OwnGreeting ? await AwaitGreetingAsync() : known;
    }

    /// <summary>What the leg is worth to the dialogue.</summary>
    public LegSecurity Security()
    {
        bool isTls = _handshake is { Succeeded: true };
        bool verified = _handshake is { IsVerified: true };
        return new(isTls, verified, MayCarryAuth(isTls, verified));
    }

    /// <summary>AUTH needs a leg that meets its upstream's policy (rules 1.3, 4.4); reportOnly lets no password go where enforcing would not.</summary>
    bool MayCarryAuth(bool isTls, bool verified) => upstream.Tls switch
    {
        TlsMode.None => true,
        TlsMode.Opportunistic => isTls && (verified || upstream.Verify is { WasWritten: true, Mode: VerifyMode.None }),
        _ => isTls && (verified || upstream.Verify.Mode is VerifyMode.None),
    };

    /// <summary>The greeting is looked at and left unread: the dialogue relays it (rule 4.2).</summary>
    async ValueTask<SetupResult> AwaitGreetingAsync()
    {
        TalkResult greeting = await _talk.ReplyAsync(consume: false);
        clock.Greeting();
        GreetingCode = greeting.Code;
        Heard(SetupStep.Greeting, greeting);
        return greeting.Failure is TalkFailure.None ? SetupResult.Fine : Failed(greeting.Failure);
    }

    async ValueTask<SetupResult> UseGreetingAsync()
    {
        if (OwnGreeting)
            return SetupResult.Fine;
        TalkResult greeting = await _talk.ReplyAsync(consume: true);
        clock.Greeting();
        OwnGreeting = true;
        GreetingCode = greeting.Code;
        Heard(SetupStep.Greeting, greeting);
        if (greeting.Failure is not TalkFailure.None)
            return Failed(greeting.Failure);
        // A refusal said in the clear is not authenticated: no bounce on its word (rule 4.2).
        return greeting.Is(220) ? SetupResult.Fine : Unavailable(ConnectResult.Greeting, OwnReplies.UpstreamRefused);
    }

    async ValueTask<TalkResult> EhloAsync()
    {
        TalkResult answer = await _talk.AskAsync(Encoding.ASCII.GetBytes($"EHLO {upstream.Helo ?? hostname ?? AddressLiteral.Of(leg.Local)}\r\n"));
        clock.Ehlo();
        _ehlo = answer;
        Heard(SetupStep.Ehlo, answer);
        return answer;
    }

    void Heard(SetupStep step, in TalkResult reply)
    {
        if (reply.Failure is TalkFailure.None)
            errand.Observer.Heard(step, reply.Code, reply.Octets);
    }

    static SetupResult Unavailable(ConnectResult result, OwnReply reply, EndReason reason = EndReason.NoUpstream) => new(result, OpenResult.Unavailable(reply, reason));

    SetupResult Failed(TalkFailure failure) => failure switch
    {
        TalkFailure.ClientGone => new(errand.AbandonedResult, errand.Abandoned()),
        TalkFailure.Draining => new(ConnectResult.Aborted, OpenResult.Refused(OwnReplies.Draining, EndReason.Drain)),
        TalkFailure.Timeout => Unavailable(ConnectResult.Timeout, OwnReplies.UpstreamTimedOut, EndReason.Timeout),
        TalkFailure.NotSmtp => Unavailable(ConnectResult.Protocol, OwnReplies.NotSmtp),
        _ => Unavailable(ConnectResult.Closed, OwnReplies.UpstreamLost, EndReason.UpstreamLost),
    };
}
