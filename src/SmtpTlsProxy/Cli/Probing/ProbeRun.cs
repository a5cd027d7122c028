using System.Net;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Transport.Sockets;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>A whole probe: the first connection tells most; others try resumption and old versions, and what is intrusive only if that was asked for.</summary>
sealed class ProbeRun(ProbeOptions options, TimeProvider time, Action<string> warn)
{
    /// <summary>An operator's roots that cannot be read throw <see cref="TlsException"/> or <see cref="TrustUnusableException"/>.</summary>
    public async Task<ProbeReport> RunAsync(CancellationToken cancellation)
    {
        TlsClientOptions trust = Verification.Trust(options.Verify);
        using TlsContext context = TlsContext.ForClient(trust);
        IReadOnlyList<EndPoint> addresses = await ResolveAsync(cancellation);
        if (addresses.Count == 0)
            return new ProbeReport(options, time.GetUtcNow(), new Observation()) { IsUnresolved = true };
        using LoopGroup loops = new(1, time, Words.FaultsOnly(warn));
        EpollLoop loop = loops.Loops[0];
        return await loop.Call(async () => await ExamineAsync(loop, addresses, context, trust));
    }

    async ValueTask<ProbeReport> ExamineAsync(Loop loop, IReadOnlyList<EndPoint> addresses, TlsContext context, TlsClientOptions trust)
    {
        Observation seen = await LookAsync(loop, addresses, context);
        ProbeReport report = new(options, time.GetUtcNow(), seen);
        if (!report.IsReached)
            return report;
        IReadOnlyList<EndPoint> only = [seen.Address!];               // the one that was looked at, not another of the same name
        if (seen.IsEncrypted)
            report = report with
            {
                IsResumed = (await LookAsync(loop, only, context)).Handshake is { Resumed: true },
                Old = await HandshakeAsync(loop, only, trust with { Examine = Examination.OldVersions }),
            };
        else if (seen.Handshake is { Outcome: HandshakeOutcome.Protocol or HandshakeOutcome.Closed })
            report = report with { Weakest = await HandshakeAsync(loop, only, trust with { Examine = Examination.AnyStrength }) };
        return options.Intrusive && seen.Greeting is { Code: 220 } ? report with { Intrusion = await IntrudeAsync(loop, only, context) } : report;
    }

    /// <summary>One connection from greeting to QUIT.</summary>
    async ValueTask<Observation> LookAsync(Loop loop, IReadOnlyList<EndPoint> addresses, TlsContext context)
    {
        Waiter waiter = loop.Enter();
        Visit visit = new(waiter, options, context);
        bool arrived = await visit.ArriveAsync(addresses);
        if (arrived && options.Tls is TlsMode.Opportunistic or TlsMode.Required && await visit.SecureAsync())
            await visit.EhloAsync();
        await visit.LeaveAsync();
        loop.Leave(waiter);
        return visit.Seen;
    }

    async ValueTask<HandshakeResult?> HandshakeAsync(Loop loop, IReadOnlyList<EndPoint> addresses, TlsClientOptions weak)
    {
        using TlsContext context = TlsContext.ForClient(weak);
        return (await LookAsync(loop, addresses, context)).Handshake is { Succeeded: true } succeeded ? succeeded : null;
    }

    async ValueTask<Intrusion> IntrudeAsync(Loop loop, IReadOnlyList<EndPoint> addresses, TlsContext context)
    {
        List<Waiter> waiters = [];
        Visit NewVisit()
        {
            waiters.Add(loop.Enter());
            return new Visit(waiters[^1], options, context);
        }
        Intrusion found = await new IntrusiveTests(options, addresses, NewVisit).RunAsync();
        waiters.ForEach(loop.Leave);
        return found;
    }

    async Task<IReadOnlyList<EndPoint>> ResolveAsync(CancellationToken cancellation)
    {
        if (Upstream.Addresses.Literal(options.Server, null) is { } known)
            return known;
        using CancellationTokenSource patience = new(options.Timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        Upstream.NameAnswer answer = await new Upstream.DnsNames(() => []).AskAsync(options.Server.Host, either.Token);
        return [.. answer.Addresses.Select(address => new IPEndPoint(address, options.Server.Port))];
    }
}
