namespace SmtpTlsProxy.Fuzz;

/// <summary>What a run found.</summary>
/// <param name="Executions">Inputs tried.</param>
/// <param name="Took">How long that took.</param>
/// <param name="Crash">The input that broke something; null for none.</param>
/// <param name="Failure">What broke.</param>
sealed record FuzzResult(long Executions, TimeSpan Took, byte[]? Crash, Exception? Failure)
{
    public double PerSecond => Executions / Math.Max(Took.TotalSeconds, 0.001);
}

/// <summary>Tries the corpus, then what mutation makes of it, until time is over or something breaks.</summary>
static class Fuzzer
{
    /// <summary>No input is worth longer: it hangs.</summary>
    static readonly TimeSpan _longest = TimeSpan.FromSeconds(10);

    public static FuzzResult Run(FuzzTarget target, TimeSpan time, int seed, TimeProvider clock)
    {
        List<byte[]> corpus = [[], .. Corpus.Of(target.Name)];
        Mutator mutator = new(corpus, target.Tokens, seed);
        long start = clock.GetTimestamp();
        long count = 0;
        foreach (byte[] input in corpus.Concat(Mutants(mutator)))
        {
            long began = clock.GetTimestamp();
            Exception? failure = Try(target, input);
            if (failure is null && clock.GetElapsedTime(began) > _longest)
                failure = new TimeoutException("one input took too long");
            count++;
            TimeSpan took = clock.GetElapsedTime(start);
            if (failure is not null || (took >= time && count >= corpus.Count))
                return new FuzzResult(count, took, failure is null ? null : Smaller(target, input), failure);
        }
        throw new InvalidOperationException("Mutants do not end.");
    }

    public static Exception? Try(FuzzTarget target, byte[] input)
    {
        try
        {
            target.Run(input);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    static IEnumerable<byte[]> Mutants(Mutator mutator)
    {
        while (true)
            yield return mutator.Next();
    }

    /// <summary>Leaves out what is not needed to break it.</summary>
    static byte[] Smaller(FuzzTarget target, byte[] input)
    {
        for (int size = Math.Max(1, input.Length / 2); size > 0; size /= 2)
        {
            for (int at = 0; at + size <= input.Length;)
            {
                byte[] without = [.. input[..at], .. input[(at + size)..]];
                if (Try(target, without) is not null)
                    input = without;
                else
                    at += size;
            }
        }
        return input;
    }
}
