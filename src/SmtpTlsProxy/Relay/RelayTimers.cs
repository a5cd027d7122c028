using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Relay;

/// <summary>The one deadline of a relayed session (rule 6.1): a timer runs for a whole line or reply, in content from octets to octets.</summary>
sealed class RelayTimers(Loop loop, TimeoutConfiguration client, TimeoutConfiguration upstream)
{
    Waiting _waiting = new(Awaits.Command, uint.MaxValue);
    int _unsent;

    public Deadline Deadline { get; private set; }

    /// <summary>The deadline was set for this very wait: another wait's timer means nothing.</summary>
    public bool IsFor(Waiting now) => now == _waiting;

    /// <summary>Starts the timer anew when the wait is a new one, or content made room upstream.</summary>
    public void Follow(Waiting now, int unsentUpstream)
    {
        bool drained = now.For is Awaits.DataBlock && unsentUpstream < _unsent;
        _unsent = unsentUpstream;
        if (now == _waiting && !drained && !Deadline.IsNever)
            return;
        _waiting = now;
        Deadline = loop.In(LimitOf(now.For));
    }

    TimeSpan LimitOf(Awaits what) => what switch
    {
        Awaits.Command => client.Command,
        Awaits.DataBlock => client.DataBlock,
        Awaits.DataTermination => upstream.DataTermination,
        Awaits.Quit => upstream.Quit,
        _ => upstream.Reply,
    };
}
