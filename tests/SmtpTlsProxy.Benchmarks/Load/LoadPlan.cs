namespace SmtpTlsProxy.Benchmarks.Load;

/// <summary>So many clients that each do one thing again and again.</summary>
sealed record LoadPlan(Target Target, Work Work, int Clients, Letter Letter)
{
    /// <summary>Every unit is a connection of its own.</summary>
    public bool Connects => Work is Work.Handshake or Work.Resumed or Work.Session;

    /// <summary>Messages of a unit.</summary>
    public int Messages => Work is Work.Handshake or Work.Resumed or Work.Idle ? 0 : 1;
}
