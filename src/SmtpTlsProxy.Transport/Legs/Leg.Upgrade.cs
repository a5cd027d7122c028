namespace SmtpTlsProxy.Transport.Legs;

using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;

public sealed partial class Leg
{
    /// <summary>
    /// Goes from clear to TLS; the context decides whether as server or as client. A peer that leaves, lingers or talks nonsense is a result, not an
    /// exception; after a failure
    /// the leg says nothing more (rule 3.5), but for OpenSSL's own alert. A plaintext rest at this point is a programming error and throws (rule 3.3).
    /// <paramref name="watch"/> is told whose turn it is. As a server the last flight of TLS 1.3 leaves with the next <see cref="Flush"/>.
    /// </summary>
    public async ValueTask<HandshakeResult> UpgradeAsync(TlsContext context, TlsTarget? target, TimeSpan limit, IHandshakeWatch? watch = null)
    {
        AssertLoop();
        AssertUntouched();
        Deadline deadline = Waiter.Loop.In(limit);
        long started = Waiter.Loop.Time.GetTimestamp();
        HandshakeOutcome ready = await ReadyForHandshakeAsync(context.IsServer, deadline);
        HandshakeResult result = ready is HandshakeOutcome.Ok
            ? await HandshakeAsync(context, target, deadline, started, watch)
            : new HandshakeResult { Outcome = ready, Duration = Since(started), PeerWasSilent = context.IsServer };
        if (!result.Succeeded)
            Mute();
        return result;
    }

    // No way back to clear text, in neither direction.
    void Mute()
    {
        _muted = true;
        _output.Drop();
        if (_end is ReadStatus.Empty)
            Ended(ReadStatus.Lost);
    }

    TimeSpan Since(long started) => Waiter.Loop.Time.GetElapsedTime(started);

    // An edge has told of octets, and of nothing else.
    bool OctetsAreCertain => _end is ReadStatus.Empty && !_hasSkipped && _wire is { IsReadable: true, PeerEnded: false, IsReset: false };

    // All clear text is out, and as a server the first octet is there: a silent peer costs no SSL object.
    async ValueTask<HandshakeOutcome> ReadyForHandshakeAsync(bool awaitsPeer, Deadline deadline)
    {
        while (true)
        {
            Flush();
            ReadStatus found = awaitsPeer && !OctetsAreCertain ? ProbeEnd() : ReadStatus.Data;
            if (_closed || _sendFailed || found is not (ReadStatus.Data or ReadStatus.Empty))
                return HandshakeOutcome.Closed;
            if (found is ReadStatus.Data && _output.IsEmpty)
                return HandshakeOutcome.Ok;
            Wake wake = await Waiter.NextAsync(deadline);
            if (Leaves(wake))
                return Abandoned(wake);
        }
    }

    async ValueTask<HandshakeResult> HandshakeAsync(TlsContext context, TlsTarget? target, Deadline deadline, long started, IHandshakeWatch? watch)
    {
        TlsConnection tls = new(context, _wire, target);
        Waiter.Loop.Counts.TlsObject(+1);
        try
        {
            HandshakeOutcome left = await StepToTheEndAsync(tls, deadline, watch);
            HandshakeResult result = left is HandshakeOutcome.Ok ? tls.Result(Since(started)) : tls.Abandoned(left, Since(started));
            if (_closed)
                return tls.Abandoned(HandshakeOutcome.Closed, Since(started));
            if (!(context.IsServer && result is { Succeeded: true, Version: "TLSv1.3" }))
                tls.Flush(); // Finished of TLS 1.2, a client's last flight, or the alert
            if (result.Succeeded)
                (_tls, Tls) = (tls, result);
            return result;
        }
        finally
        {
            if (_tls is null)
                Free(tls);
        }
    }

    // Ok when OpenSSL has come to an end, whichever; else why the waiting ended. Each step is 0.5 to 1.5 ms of arithmetic: the loop spreads them.
    async ValueTask<HandshakeOutcome> StepToTheEndAsync(TlsConnection tls, Deadline deadline, IHandshakeWatch? watch)
    {
        while (true)
        {
            watch?.Works();
            Waiter.Heavy();
            Wake wake = await Waiter.NextAsync(deadline);
            if (Leaves(wake) || _closed)
                return Abandoned(wake);
            HandshakeStep step = tls.Handshake();
            if (step is HandshakeStep.Done or HandshakeStep.Failed)
                return HandshakeOutcome.Ok;
            watch?.Waits(answered: tls.Unsent > 0); // a flight of ours answers a whole one of the peer's; who trickles is not answered
            tls.Flush();
            do
            {
                wake = await Waiter.NextAsync(deadline);
                if (Leaves(wake) || _closed)
                    return Abandoned(wake);
                tls.Flush();
            } while (step is HandshakeStep.NeedsOctets && !_wire.IsReadable);
        }
    }

    static HandshakeOutcome Abandoned(Wake wake) => wake.IsTimer ? HandshakeOutcome.Timeout : HandshakeOutcome.Closed;
}
