using SmtpTlsProxy.Telemetry;

namespace SmtpTlsProxy.Upstream;

/// <summary>A session's place at an upstream and at one of its destinations, until it is over.</summary>
sealed class Seat(Admission admission, Standing standing, SessionRecord record)
{
    /// <summary>One session more at the destination.</summary>
    public void Take()
    {
        standing.Enter();
        record.UpstreamSessions(standing.Id, 1);
    }

    /// <summary>Nothing came of it there; another destination may still do.</summary>
    public void GiveUp()
    {
        standing.Leave();
        record.UpstreamSessions(standing.Id, -1);
    }

    /// <summary>The session is over.</summary>
    public void Leave()
    {
        GiveUp();
        admission.Leave();
    }
}
