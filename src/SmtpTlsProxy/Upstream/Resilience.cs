using Polly;
using Polly.Retry;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// Polly around connect, greeting and handshake; never after the client's first octet was relayed. Polly's own delays and timeouts would go by the pool and
/// leave the loop: the pause between two attempts, and each attempt's time, are the session's own waiter's.
/// </summary>
static class Resilience
{
    /// <summary>More attempts than these are not made for one session, however many servers there are.</summary>
    public const int MostAttempts = 8;

    /// <summary>Goes on for as long as a result says that another server may do.</summary>
    public static ResiliencePipeline<OpenResult> OtherServers { get; } = new ResiliencePipelineBuilder<OpenResult>()
        .AddRetry(new RetryStrategyOptions<OpenResult>
        {
            ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Result.MayTryAnother),
            MaxRetryAttempts = MostAttempts - 1,
            Delay = TimeSpan.Zero,
        })
        .Build();
}
