using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls.Ratchets;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Upstream;

/// <summary>STARTTLS and the handshake (rules 4.1, 4.3 to 4.6).</summary>
sealed partial class UpstreamSetup
{
    async ValueTask<SetupResult> StartTlsAsync()
    {
        SetupResult greeted = await UseGreetingAsync();
        if (!greeted.IsFine)
            return greeted;
        TalkResult ehlo = await EhloAsync();
        if (ehlo.Failure is not TalkFailure.None)
            return Failed(ehlo.Failure);
        if (!leg.InputIsEmpty())
            return Injected();                                        // octets behind an answer that nothing asked for (rule 4.3)
        if (ehlo.Is(421))
            return GoingAway();
        if (!ehlo.Is(250) || !ehlo.Offers("STARTTLS"u8, out _))
            return WithoutTls(UpstreamStartTls.NotOffered);
        TalkResult go = await _talk.AskAsync("STARTTLS\r\n"u8.ToArray());
        Heard(SetupStep.StartTls, go);
        if (go.Failure is not TalkFailure.None)
            return Failed(go.Failure);
        if (go.Is(421))
            return GoingAway();
        if (!go.Is(220))
            return WithoutTls(UpstreamStartTls.Refused);
        if (!leg.InputIsEmpty())
            return Injected();                                        // response injection: NO STARTTLS, 2021 (rule 4.3)
        errand.Observer.UpstreamStartTls(UpstreamStartTls.Used);
        return await HandshakeAsync();
    }

    /// <summary>A 421 closes the connection (rule 2.1): that is no word about TLS, and greeting the client for it would lead nowhere.</summary>
    SetupResult GoingAway()
    {
        GreetingCode = 421;
        return Unavailable(ConnectResult.Greeting, OwnReplies.UpstreamRefused);
    }

    SetupResult WithoutTls(UpstreamStartTls how)
    {
        errand.Observer.UpstreamStartTls(how);
        RatchetFinding ratchet = tls.Ratchet.Find(destination.Id, SeenSecurity.Clear);
        if (ratchet.Loss is Downgrade.Stripped)
            errand.Observer.UpstreamStartTls(UpstreamStartTls.Stripped);
        if (upstream.Tls is TlsMode.Opportunistic)
            return Ratcheted(ratchet, ConnectResult.StartTls);        // RFC 7435: clear text, because no handshake was begun (rule 4.4)
        bool enforce = !tls.ReportOnly.HasFlag(ReportOnly.Required);
        errand.Observer.Policy(ReportOnly.Required, enforce);
        if (!enforce)
            return Ratcheted(ratchet, ConnectResult.StartTls);
        Tell(ratchet, refused: true);
        return Unavailable(ConnectResult.StartTls, OwnReplies.NoUpstreamTls, EndReason.Policy);
    }

    /// <summary>What was lost since before is counted and told; where the ratchet is enforced the leg is not used (rule 4.5).</summary>
    SetupResult Ratcheted(in RatchetFinding found, ConnectResult result)
    {
        if (found.Loss is Downgrade.None)
            return SetupResult.Fine;
        errand.Observer.Policy(ReportOnly.Ratchet, found.Refuses);
        Tell(found, found.Refuses);
        return found.Refuses ? Unavailable(result, OwnReplies.UpstreamWeakened, EndReason.Policy) : SetupResult.Fine;
    }

    void Tell(in RatchetFinding found, bool refused)
    {
        if (found.IsNews)
            errand.Observer.UpstreamDowngraded(destination.Id, found.Loss is Downgrade.Stripped ? "stripped" : "weakened", found.Now.ToString(), found.Best.ToString(), refused);
    }

    SetupResult Injected()
    {
        errand.Observer.UpstreamStartTls(UpstreamStartTls.Injection);
        errand.Observer.Violated(Violation.StartTlsInjection, byClient: false);
        return Unavailable(ConnectResult.Injection, OwnReplies.UpstreamInjection, EndReason.Policy);
    }

    async ValueTask<SetupResult> HandshakeAsync()
    {
        errand.Observer.UpstreamHandshakeBegan();
        HandshakeResult result = await WithRevocationAsync(await leg.UpgradeAsync(tls.Context, tls.TargetOf(destination, leg.Remote), errand.Remaining(upstream.Timeouts.Handshake)));
        _handshake = result;
        clock.Tls();
        errand.Observer.UpstreamHandshake(result);
        _ehlo = null;                                                 // all that was learnt before is dropped (rule 4.3)
        if (result.Succeeded)
            return WithVerdict(result);
        if (errand.IsAbandoned)
            return Failed(TalkFailure.ClientGone);
        if (result.Verdict is { IsGood: false })
            NotVerified(result);
        return result.Outcome switch
        {
            HandshakeOutcome.Timeout => Unavailable(ConnectResult.Tls, OwnReplies.UpstreamTimedOut, EndReason.Timeout),
            HandshakeOutcome.Closed or HandshakeOutcome.Protocol => Unavailable(ConnectResult.Tls, OwnReplies.UpstreamHandshakeFailed, EndReason.Policy),
            _ => Unavailable(ConnectResult.Tls, OwnReplies.UpstreamNotVerified, EndReason.Policy),
        };
    }

    /// <summary>Nothing goes over it; where it was good before that is worth a line.</summary>
    void NotVerified(HandshakeResult result)
    {
        errand.Observer.Policy(ReportOnly.Verification, refused: true);
        Tell(tls.Ratchet.Find(destination.Id, SeenSecurity.Of(result)), refused: true);
    }

    /// <summary>Where verification only reports, what enforcing would have done is counted.</summary>
    SetupResult WithVerdict(HandshakeResult result)
    {
        if (!result.IsVerified && tls.Reports)
            errand.Observer.Policy(ReportOnly.Verification, refused: false);
        return Ratcheted(tls.Ratchet.Find(destination.Id, SeenSecurity.Of(result)), ConnectResult.Tls);
    }
}
