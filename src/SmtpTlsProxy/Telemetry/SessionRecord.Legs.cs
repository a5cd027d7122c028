using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Telemetry;

/// <summary>What the session tells of its legs: connecting, STARTTLS, handshakes.</summary>
sealed partial class SessionRecord
{
    ClientSecurity ClientSecurity => _clientTls switch
    {
        { Succeeded: true, IsVerified: true } => ClientSecurity.Mtls,
        { Succeeded: true } => ClientSecurity.Tls,
        _ => ClientSecurity.Clear,
    };

    UpstreamSecurity UpstreamSecurity => _upstreamTls switch
    {
        { Succeeded: true, IsVerified: true } => UpstreamSecurity.Verified,
        { Succeeded: true } => UpstreamSecurity.Unverified,
        _ => UpstreamSecurity.Clear,
    };

    /// <summary>The client leg's handshake begins; <see cref="ClientHandshake"/> or the session's end follows.</summary>
    public void ClientHandshakeBegan()
    {
        _clientShakesHands = true;
        _listener.Tls.Began();
    }

    /// <summary>The client leg's handshake is over. <paramref name="startTls"/>: behind STARTTLS, not implicit.</summary>
    public void ClientHandshake(HandshakeResult result, bool startTls)
    {
        LeaveHandshakes();
        _clientTls = result;
        if (startTls || result is not { PeerWasSilent: true, Outcome: HandshakeOutcome.Closed })     // a balancer's check is no attack
            _listener.Tls.Ended(result);
        if (startTls)
            ClientStartTls(result.Succeeded ? ListenerStartTls.Used : ListenerStartTls.Failed);
    }

    /// <summary>The upstream leg's handshake begins; <see cref="UpstreamHandshake"/> or the session's end follows.</summary>
    public void UpstreamHandshakeBegan()
    {
        _upstreamShakesHands = true;
        _upstream.Tls.Began();
    }

    /// <summary>The upstream leg's handshake is over; of several attempts the last one counts for messages.</summary>
    public void UpstreamHandshake(HandshakeResult result)
    {
        LeaveHandshakes();
        _upstreamTls = result;
        _upstream.Tls.Ended(result);
    }

    /// <summary>One attempt to get a safe connection begins: what was agreed on with another destination no longer counts.</summary>
    public void UpstreamAttempt(string destination)
    {
        _destination = destination;
        _upstreamTls = null;
    }

    /// <summary>One attempt to get a safe connection is over. <paramref name="destination"/>: its configured id.</summary>
    public void UpstreamConnect(string destination, ConnectResult result, in ConnectPhases phases = default)
    {
        _destination = destination;
        _connect = result;
        _upstream.Destination(destination).Connected(result);
        _upstream.Connected(phases);
    }

    /// <summary>Another server is tried behind this attempt. Never once the client's first octet was relayed.</summary>
    public void UpstreamRetry(string destination, ConnectResult why)
    {
        _retries++;
        _upstream.Destination(destination).Retried(why);
    }

    /// <summary>A destination is tried that is held to be down, because none is up.</summary>
    public void UpstreamPanic() => _upstream.Panicked();

    /// <summary>A session more or less is open to a destination.</summary>
    public void UpstreamSessions(string destination, int change) => _upstream.Destination(destination).SessionsChanged(change);

    /// <summary>STARTTLS on the upstream leg was used, or why not.</summary>
    public void UpstreamStartTls(UpstreamStartTls outcome) => _upstream.StartTls(outcome);

    /// <summary>The server is less safe than before. Words of ours alone.</summary>
    public void UpstreamDowngraded(string destination, string loss, string now, string best, bool refused) =>
        _log.Downgraded(_id, _upstream.Name, destination, loss, now, best, refused);

    /// <summary>STARTTLS on the client leg met with an end; <see cref="ClientHandshake"/> tells used and failed.</summary>
    public void ClientStartTls(ListenerStartTls outcome)
    {
        _startTlsIsTold = true;
        _listener.StartTls(outcome);
    }

    /// <summary>Plaintext stood behind STARTTLS (rule 3.3), found by probing the socket: counted as the dialogue counts what it finds itself.</summary>
    public SessionEnd Injected(SessionEnd end)
    {
        StartTls(StartTlsEvent.Injection);
        Violated(Violation.StartTlsInjection, byClient: true);
        return end;
    }

    void LeaveHandshakes()
    {
        if (_clientShakesHands)
            _listener.Tls.Left();
        if (_upstreamShakesHands)
            _upstream.Tls.Left();
        _clientShakesHands = _upstreamShakesHands = false;
    }
}
