using System.Net;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>
/// The intrusive tests, each on a connection of its own. A message is completed by a recipient, DATA and an end of data: no test has both a recipient
/// and DATA on one connection, so none can complete a message, however lenient the server is.
/// </summary>
sealed class IntrusiveTests(ProbeOptions options, IReadOnlyList<EndPoint> addresses, Func<Visit> newVisit)
{
    /// <summary>A server that takes a false end for an end answers at once.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    static readonly (string Shown, string Octets)[] FalseEnds =
    [
        ("<LF>.<LF>", "\n.\n"), ("<LF>.<CR><LF>", "\n.\r\n"), ("<CR><LF>.<LF>", "\r\n.\n"), ("<CR>.<CR>", "\r.\r"), ("<CR><LF><NUL>.<CR><LF>", "\r\n\0.\r\n"),
    ];

    public async ValueTask<Intrusion> RunAsync() => new(
        options.Tls is TlsMode.Opportunistic or TlsMode.Required ? await InjectAsync() : null, await BareNewlinesAsync(), await EndOfDataAsync(), await RelayAsync());

    async ValueTask<IntrusionTest> InjectAsync()
    {
        const string Tested = "NOOP was sent in one segment with STARTTLS, before TLS; inside TLS the replies were counted";
        Visit visit = newVisit();
        bool secured = await visit.ArriveAsync(addresses) && await visit.SecureAsync(behind: "NOOP\r\n");
        IntrusionTest result = (secured, visit.Seen) switch
        {
            (true, _) => await CountAsync(visit, Tested),
            (_, { StartTls: null, Failure: Upstream.TalkFailure.None }) => new("not_tested", null, "It offers no STARTTLS"),
            (_, { OctetsBehindStartTls: true }) => new("answered_in_clear", false, Tested + ": it was answered before TLS, in the clear"),
            (_, { StartTls: { Code: not 220 } refused }) => new("refused", false, $"{Tested}: STARTTLS was refused so ({refused.Code})"),
            (_, { StartTls: null }) => new("closed", false, Tested + ": the connection was ended"),
            _ => new("closed", false, Tested + ": the handshake was not to be had so"),
        };
        await visit.LeaveAsync();
        return result;
    }

    // One reply too many is the injected command's.
    static async ValueTask<IntrusionTest> CountAsync(Visit visit, string tested)
    {
        SeenReply? first = await visit.AskAsync("NOOP", "NOOP");
        SeenReply? second = await visit.AskAsync("QUIT", "QUIT");
        if (first is null || second is null)
            return new("closed", false, tested + ": the connection was ended inside TLS");
        return second.Code == 221
            ? new("discarded", false, tested + ": it was dropped")
            : new("executed", true, tested + ": what was said in the clear was executed inside TLS");
    }

    async ValueTask<IntrusionTest> BareNewlinesAsync()
    {
        const string Tested = "Two NOOPs with a bare LF between them were sent, as commands and not as content";
        Visit visit = newVisit();
        if (!await ReadyAsync(visit))
            return NotReady(visit);
        SeenReply? first = await visit.AskRawAsync("NOOP", "NOOP\nNOOP\r\n");
        SeenReply? second = first is null ? null : await visit.AskAsync("QUIT", "QUIT");
        visit.Abort();
        return (first, second) switch
        {
            (null, _) => new("closed", false, Tested + ": the connection was ended"),
            (_, { Code: not 221 }) => new("accepted", true, Tested + ": both were executed"),
            _ => new("refused", false, $"{Tested}: there was one reply ({first.Code})"),
        };
    }

    async ValueTask<IntrusionTest> EndOfDataAsync()
    {
        const string Untested = "Whether a false end of data ends a message could not be tried without completing one, and was not: ";
        Visit visit = newVisit();
        if (!await ReadyAsync(visit))
            return NotReady(visit);
        SeenReply? mail = await visit.AskAsync("MAIL", $"MAIL FROM:<{options.From}>");
        SeenReply? data = mail is { IsFine: true } ? await visit.AskAsync("DATA", "DATA") : null;
        if (data is not { Code: 354 })
        {
            await visit.LeaveAsync();
            return new("not_tested", null, Untested + (mail is { IsFine: true } ? $"DATA without a recipient was {(data is null ? "not answered" : $"refused ({data.Code})")}, as it should be" : "the sender was refused"));
        }
        string? taken = await FalseEndAsync(visit);
        visit.Abort();                                                // never by a true end
        const string Tested = "Without any recipient, so that nothing could be delivered, false ends of data were sent, and the connection was reset before a true one";
        return taken is null ? new("refused", false, $"{Tested}: {string.Join(", ", FalseEnds.Select(end => end.Shown))} did not end it") : new("accepted", true, $"{Tested}: {taken} was taken for the end");
    }

    static async ValueTask<string?> FalseEndAsync(Visit visit)
    {
        foreach ((string shown, string octets) in FalseEnds)
        {
            if (await visit.SayAndWaitAsync("false end", "probe" + octets, Patience) is not null)
                return shown;
            if (visit.Seen.Failure is not Upstream.TalkFailure.Timeout)
                return null;
        }
        return null;
    }

    async ValueTask<IntrusionTest> RelayAsync()
    {
        string tested = $"MAIL FROM:<{options.From}>, RCPT TO:<{options.To}>, then RSET; no DATA";
        Visit visit = newVisit();
        if (!await ReadyAsync(visit))
            return NotReady(visit);
        SeenReply? mail = await visit.AskAsync("MAIL", $"MAIL FROM:<{options.From}>");
        SeenReply? rcpt = mail is { IsFine: true } ? await visit.AskAsync("RCPT", $"RCPT TO:<{options.To}>") : null;
        if (rcpt is not null)
            await visit.AskAsync("RSET", "RSET");
        await visit.LeaveAsync();
        return (mail, rcpt) switch
        {
            (_, { IsFine: true }) => new("accepted", true, $"{tested}: the recipient was accepted ({rcpt.Code})"),
            (_, not null) => new("refused", false, $"{tested}: the recipient was refused ({rcpt})"),
            ({ IsFine: false }, _) => new("refused", false, $"{tested}: the sender was refused ({mail})"),
            _ => new("closed", false, tested + ": the connection was ended"),
        };
    }

    async ValueTask<bool> ReadyAsync(Visit visit)
    {
        if (!await visit.ArriveAsync(addresses))
            return false;
        if (options.Tls is TlsMode.None or TlsMode.Implicit || visit.Seen.Clear is { } clear && !clear.Offers("STARTTLS"))
            return true;
        // Who takes one EHLO only (503) goes on all the same.
        return await visit.SecureAsync() && (await visit.EhloAsync() || visit.Seen.Encrypted is { Code: 503 });
    }

    static IntrusionTest NotReady(Visit visit)
    {
        visit.Abort();
        return new("not_tested", null, "The connection for it did not come about");
    }
}
