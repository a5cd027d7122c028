using System.Net;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Relay;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Session;

using Relay = SmtpTlsProxy.Relay.Relay;

/// <summary>
/// One client, greeting to close, on one loop. Caps, PROXY header and implicit TLS lie behind us.
/// No lock, token or catch: the hop to the loop holds the one catch, and its finally aborts both legs.
/// </summary>
sealed class ProxySession(Leg client, SessionRoute route, EndPoint? original, Waiter wait, SessionRecord record) : IDisposable
{
    readonly Rules _rules = route.RulesFor(client);
    UpstreamConnection? _upstream;
    Relay? _relay;                                                    // both are there once OpenUpstreamAsync has ended well

    public async Task<SessionEnd> RunAsync()
    {
        SessionEnd end = await OpenUpstreamAsync();
        while (!end.IsEnd)
            end = await RelayAsync() is { Kind: VerdictKind.Close } close ? close.End : await UpgradeClientAsync();
        Tell(end);
        await EndUpstreamAsync(end);
        await EndClientAsync(end);
        if (_upstream is { Leg: var leg })
            record.UpstreamBytes(leg.BytesIn, leg.BytesOut);
        return end;
    }

    async ValueTask<SessionEnd> OpenUpstreamAsync()
    {
        OpenResult opened = await route.Upstream.OpenAsync(client, original, record);
        if (opened.Connection is not { } upstream)
            return opened.End;                                        // its 421, or nobody is left to hear it
        _upstream = upstream;
        Dialogue first = Dialogue.Start(_rules, Security.OfClient(client, _rules), upstream.Security, upstream.OwnGreeting, record);
        _relay = new Relay(client, upstream.Leg, new RelayTimers(wait.Loop, route.Timeouts, upstream.Timeouts), first);
        return SessionEnd.None;
    }

    async ValueTask<Verdict> RelayAsync()
    {
        for (Wake wake = wait.Start; !wake.IsAbort; wake = await wait.NextAsync(_relay!.Deadline))
        {
            Verdict verdict = _relay!.Step(wake);                      // upstream lost, client lost, timer, drain: all verdicts
            if (verdict.IsFinal)
                return verdict;
            if (verdict.Kind is VerdictKind.Again)
                wait.Requeue();                                       // budget spent: others first
        }
        return Verdict.Close(Ends.Aborted);
    }

    async ValueTask<SessionEnd> UpgradeClientAsync()
    {   // earlier replies are out; an open transaction was RSET upstream
        if (!client.InputIsEmpty())
            return record.Injected(Ends.Injection);                   // plaintext behind STARTTLS: 503, close (rule 3.3)
        client.Write(OwnReplies.ReadyToStartTls.Octets);              // upstream's and drain's flags wait: they are sticky
        client.Flush();
        record.SpokeForItself(OwnReplies.ReadyToStartTls);
        SessionEnd failed = await ClientHandshake.RunAsync(client, route, record, startTls: true);
        if (failed.IsEnd)
            return failed;
        _relay!.Restart(Dialogue.AfterStartTls(
            _rules, Security.OfClient(client, _rules), _upstream!.Security, _relay.BadCommands, record, _relay.FirstEhlo));
        return SessionEnd.None;                                       // a new dialogue, not a cleaned one; only the count survives
    }

    void Tell(SessionEnd end)
    {
        if (end.CutsUpstream)
            _upstream?.Leg.Abort();                                   // no dot, LAST, QUIT, close_notify (rule 5.5)
        if (end.ClientIsGone)
            return;
        if (end.LastReply is { } last)
            client.Write(last.Octets);                                // 421 4.3.2, 421 4.4.2, 503 …
        client.Flush();                                               // replies of the last step too: they wait for no QUIT of the upstream's
    }

    ValueTask EndUpstreamAsync(SessionEnd end) => _upstream switch
    {
        null => ValueTask.CompletedTask,
        { } upstream when end.Upstream is UpstreamParting.Quit => upstream.QuitAsync(),
        { } upstream => upstream.CloseAsync(),
    };

    ValueTask EndClientAsync(SessionEnd end)
    {
        if (!end.ClientIsGone)
            return client.CloseAsync(Ends.Linger);                    // flush, close_notify, FIN, discard (rule 6.6)
        client.Abort();
        return ValueTask.CompletedTask;
    }

    /// <summary>However it ended: a message under way is told as what it became, and the destination carries one session less.</summary>
    public void Dispose()
    {
        _relay?.Abandon();
        _upstream?.Release();
    }
}
