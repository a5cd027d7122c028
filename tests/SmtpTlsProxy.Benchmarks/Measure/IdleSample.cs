namespace SmtpTlsProxy.Benchmarks.Measure;

/// <summary>What one proxy holds while nobody says anything, and how fast it is there.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Proxy">Whose.</param>
/// <param name="AtRest">Started, having greeted once.</param>
/// <param name="Sessions">With so many sessions, in the order in which they came.</param>
/// <param name="After">Some time after all of them left.</param>
/// <param name="Starts">From the start of the process to the first greeting, in milliseconds.</param>
sealed record IdleSample(string Scenario, string Proxy, Memory AtRest, IReadOnlyList<Held> Sessions, Memory After, IReadOnlyList<double> Starts)
{
    /// <summary>Octets a session above what it held at rest, resident.</summary>
    public double Resident(Held held) => (double)(held.Memory.Resident - AtRest.Resident) / held.Sessions;

    /// <summary>The same of the proportional set.</summary>
    public double Proportional(Held held) => (double)(held.Memory.Proportional - AtRest.Proportional) / held.Sessions;
}

/// <summary>What is held with so many sessions.</summary>
readonly record struct Held(int Sessions, Memory Memory);
