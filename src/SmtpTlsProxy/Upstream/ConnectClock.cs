using SmtpTlsProxy.Telemetry;

namespace SmtpTlsProxy.Upstream;

/// <summary>Times the phases of one attempt, each from the end of the one before.</summary>
sealed class ConnectClock(TimeProvider time)
{
    long _last = time.GetTimestamp();

    public ConnectPhases Phases { get; private set; }

    public void Dns() => Phases = Phases with { Dns = Lap() };

    public void Tcp() => Phases = Phases with { Tcp = Lap() };

    public void Greeting() => Phases = Phases with { Greeting = Lap() };

    public void Tls() => Phases = Phases with { Tls = Lap() };

    public void Ehlo() => Phases = Phases with { Ehlo = Phases.Ehlo + Lap() };

    TimeSpan Lap()
    {
        long now = time.GetTimestamp();
        TimeSpan lap = time.GetElapsedTime(_last, now);
        _last = now;
        return lap;
    }
}
