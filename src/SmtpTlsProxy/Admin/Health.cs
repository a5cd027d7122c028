using System.Text;

namespace SmtpTlsProxy.Admin;

/// <summary>Is the process alive, is it well, should clients be sent to it? <paramref name="oldestTurnAge"/>: since the laziest loop last turned.</summary>
sealed class Health(Readiness readiness, Func<TimeSpan> oldestTurnAge)
{
    static readonly TimeSpan _stuck = TimeSpan.FromSeconds(30);

    /// <summary>Null while every loop turns.</summary>
    public string? WhyNotAlive()
    {
        TimeSpan age = oldestTurnAge();
        return age > _stuck ? $"a loop has not turned for {age.TotalSeconds:0} s" : null;
    }

    public bool IsReady => readiness.Check().All(condition => condition.Holds);

    /// <summary>Alive and able to serve; a process that drains is well, nobody should kill it for that.</summary>
    public bool IsWell => WhyNotAlive() is null && readiness.Check().All(condition => condition.Holds || condition.Name == Readiness.NotDraining);

    public IReadOnlyList<Condition> Conditions => readiness.Check();

    /// <summary>A line for each condition, and for what is known besides.</summary>
    public string Describe(IReadOnlyList<Condition> conditions)
    {
        StringBuilder lines = new();
        foreach (Condition condition in conditions)
            lines.Append(condition.Holds ? $"[+] {condition.Name}\n" : $"[-] {condition.Name}: {condition.WhyNot}\n");
        foreach (string fact in readiness.Facts)
            lines.Append($"[i] {fact}\n");
        return lines.ToString();
    }
}
