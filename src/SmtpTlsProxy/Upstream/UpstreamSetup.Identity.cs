using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;

namespace SmtpTlsProxy.Upstream;

/// <summary>XCLIENT and XFORWARD, after our EHLO and TLS (rule 6.8).</summary>
sealed partial class UpstreamSetup
{
    async ValueTask<SetupResult> TellIdentityAsync()
    {
        SetupResult greeted = await UseGreetingAsync();
        if (!greeted.IsFine)
            return greeted;
        TalkResult ehlo = _ehlo ?? await EhloAsync();
        if (ehlo.Failure is not TalkFailure.None)
            return Failed(ehlo.Failure);
        return upstream.Identity is Identity.XClient ? await XClientAsync(ehlo) : await XForwardAsync(ehlo);
    }

    /// <summary>Going on without it would make a relay of a server that trusts our address: 421 instead.</summary>
    async ValueTask<SetupResult> XClientAsync(TalkResult ehlo)
    {
        bool isOffered = ehlo.Offers("XCLIENT"u8, out ReadOnlySpan<byte> offered);
        if (isOffered && errand.Client is null)
            return SetupResult.Fine;                                  // nobody to tell of: that it would listen is enough
        if (!isOffered || IdentityTalk.XClient(errand.Client, offered) is not { } command)
            return NotTaken();
        leg.Write(command);
        leg.Flush();
        TalkResult greeting = await _talk.ReplyAsync(consume: false);
        Heard(SetupStep.XClient, greeting);
        if (greeting.Failure is not TalkFailure.None)
            return Failed(greeting.Failure);
        GreetingCode = greeting.Code;
        OwnGreeting = false;                                          // the new greeting is the one that counts, and it is the client's to hear
        return greeting.Is(220) ? SetupResult.Fine : NotTaken();
    }

    /// <summary>Changes the server's logs, not its access rules: where it is not offered or refused the session goes on without.</summary>
    async ValueTask<SetupResult> XForwardAsync(TalkResult ehlo)
    {
        if (!ehlo.Offers("XFORWARD"u8, out ReadOnlySpan<byte> offered) || IdentityTalk.XForward(errand.Client, offered) is not { } command)
            return SetupResult.Fine;
        TalkResult reply = await _talk.AskAsync(command);
        Heard(SetupStep.XForward, reply);
        return reply.Failure is TalkFailure.None ? SetupResult.Fine : Failed(reply.Failure);
    }

    static SetupResult NotTaken() => Unavailable(ConnectResult.Identity, OwnReplies.IdentityRefused, EndReason.Policy);
}
