namespace SmtpTlsProxy.Benchmarks.Measure;

/// <summary>Our proxy at one size.</summary>
/// <param name="Loops">How many loops it has.</param>
/// <param name="Size">The size in words.</param>
/// <param name="IsFirst">The size that the others of its kind are compared to.</param>
/// <param name="Sessions">How many stand.</param>
/// <param name="AtRest">Octets held before, proportionally.</param>
/// <param name="Samples">The rounds.</param>
sealed record GrowthStep(int Loops, string Size, bool IsFirst, int Sessions, long AtRest, IReadOnlyList<Sample> Samples)
{
    public double Cost => Samples.Select(sample => sample.Cost).Median();

    /// <summary>Octets held while its sessions stand.</summary>
    public double Memory => Samples.Select(sample => (double)sample.Memory).Median();

    public double MemoryOfASession => (Memory - AtRest) / Sessions;
}
