using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Benchmarks.Sinks;

/// <summary>One connection to the sink, greeting to close.</summary>
sealed class SinkSession(Leg leg, Waiter waiter, SinkServer server)
{
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10), s_linger = TimeSpan.FromSeconds(2);

    public async Task RunAsync(TlsContext? context, bool isImplicit)
    {
        if (isImplicit && !await UpgradeAsync(context!))
            return;
        leg.Write("220 sink.test ESMTP\r\n"u8);
        SinkTalk talk = new(leg, server, offersStartTls: context is not null && !isImplicit);
        bool goesOn = await TalkAsync(talk);
        if (goesOn && talk.WantsTls && await UpgradeAsync(context!))
            goesOn = await TalkAsync(talk = new SinkTalk(leg, server, offersStartTls: false));
        if (goesOn && talk.HasQuit)
            await leg.CloseAsync(s_linger);
    }

    async ValueTask<bool> UpgradeAsync(TlsContext context)
    {
        HandshakeResult result = await leg.UpgradeAsync(context, null, s_patience);
        if (result.Succeeded)
            server.ShookHands(result.Resumed);
        return result.Succeeded;
    }

    // True when the talk has come to an end of its own; false when the client has left.
    async ValueTask<bool> TalkAsync(SinkTalk talk)
    {
        while (true)
        {
            ReadStatus status = Read(talk);
            leg.Flush();
            if (talk.HasQuit || talk.WantsTls)
                return true;
            if (status is not ReadStatus.Empty)
                return false;
            if ((await waiter.NextAsync(waiter.Loop.In(s_patience))) is { IsAbort: true } or { IsTimer: true })
                return false;
        }
    }

    // Data: the talk itself wants to stop; otherwise why there is nothing more to read.
    ReadStatus Read(SinkTalk talk)
    {
        while (!talk.HasQuit && !talk.WantsTls)
        {
            ReadStatus status = leg.TryRead(out ReadOnlySpan<byte> octets);
            if (status is not ReadStatus.Data)
                return status;
            int taken = talk.Take(octets);
            leg.Consume(taken);
            if (taken == 0)
                leg.NeedMore();
        }
        return ReadStatus.Data;
    }
}
