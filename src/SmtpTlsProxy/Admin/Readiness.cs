namespace SmtpTlsProxy.Admin;

/// <summary>One thing that must hold; <paramref name="WhyNot"/> is null where it does.</summary>
readonly record struct Condition(string Name, string? WhyNot)
{
    public bool Holds => WhyNot is null;
}

/// <summary>Whether new clients should be sent here, and if not, why. Never depends on telemetry.</summary>
sealed class Readiness
{
    /// <summary>The condition that a drain breaks: the process is then well, but wants no more clients.</summary>
    public const string NotDraining = "not_draining";

    readonly List<(string Name, Func<string?> WhyNot)> _conditions = [];
    Func<IEnumerable<string>> _facts = () => [];

    /// <summary>Adds a condition; <paramref name="whyNot"/> answers null while it holds. Registered before the ports open.</summary>
    public Readiness Require(string name, Func<string?> whyNot)
    {
        _conditions.Add((name, whyNot));
        return this;
    }

    /// <summary>What is told besides where it is asked why; no condition.</summary>
    public Readiness Tell(Func<IEnumerable<string>> facts)
    {
        _facts = facts;
        return this;
    }

    public IEnumerable<string> Facts => _facts();

    public IReadOnlyList<Condition> Check() => [.. _conditions.Select(condition => new Condition(condition.Name, condition.WhyNot()))];
}
