using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Upstream;

/// <summary>One connection to a destination, safe as its policy asks, with nothing of the client's relayed on it yet.</summary>
sealed class UpstreamConnection(Leg leg, UpstreamConfiguration configuration, LegSecurity security, bool ownGreeting, Seat? seat)
{
    /// <summary>An idle upstream that was told QUIT has this long to answer (rule 6.7).</summary>
    static readonly TimeSpan QuitWait = TimeSpan.FromSeconds(1);

    public Leg Leg => leg;

    public LegSecurity Security => security;

    /// <summary>The upstream's greeting is used up: the client is greeted by us (rule 4.2).</summary>
    public bool OwnGreeting => ownGreeting;

    public TimeoutConfiguration Timeouts => configuration.Timeouts;

    /// <summary>QUIT, a short wait for the answer, close.</summary>
    public async ValueTask QuitAsync()
    {
        UpstreamTalk talk = new(leg, null, leg.Waiter.Loop.In(QuitWait), configuration.Quirks.HasFlag(Quirks.LfReplies));
        TalkResult reply = await talk.AskAsync("QUIT\r\n"u8.ToArray());
        while (reply.Failure is TalkFailure.None && !reply.Is(221) && !reply.Is(421))
            reply = await talk.ReplyAsync(consume: true);             // one still owed, not QUIT's: closing over it would cut the upstream short
        await CloseAsync();
    }

    /// <summary>An orderly close without a word and without linger: nothing that it still says matters.</summary>
    public ValueTask CloseAsync() => leg.CloseAsync(TimeSpan.Zero);

    /// <summary>The session is over: its destination carries one less.</summary>
    public void Release() => seat?.Leave();

    /// <summary>Another server is tried for the session, which goes on.</summary>
    public ValueTask GiveUpAsync()
    {
        seat?.GiveUp();
        return CloseAsync();
    }
}
