using System.Net;

namespace SmtpTlsProxy.Upstream;

/// <summary>What became of asking for a name.</summary>
enum NameOutcome : byte
{
    /// <summary>It has these addresses.</summary>
    Found,

    /// <summary>DNS knows the name, or that there is none, and has no address for it.</summary>
    NoAddress,

    /// <summary>Nobody could say: SERVFAIL, no answer. What was known before still holds.</summary>
    Failed,
}

/// <summary>The addresses of a name, and for how long they may be used.</summary>
readonly record struct NameAnswer(NameOutcome Outcome, IReadOnlyList<IPAddress> Addresses, TimeSpan TimeToLive)
{
    public static NameAnswer Found(IReadOnlyList<IPAddress> addresses, TimeSpan timeToLive) => new(NameOutcome.Found, addresses, timeToLive);

    public static NameAnswer NoAddress => new(NameOutcome.NoAddress, [], TimeSpan.Zero);

    public static NameAnswer Failed => new(NameOutcome.Failed, [], TimeSpan.Zero);
}

/// <summary>Who is asked for names: DNS, or a test.</summary>
interface INameSource
{
    /// <summary>On the pool.</summary>
    Task<NameAnswer> AskAsync(string host, CancellationToken cancel);
}
