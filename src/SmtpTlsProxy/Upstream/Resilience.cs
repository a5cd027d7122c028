using Polly;
using Polly.Retry;

namespace SmtpTlsProxy.Upstream;

/// <summary>Polly around connect, greeting and handshake; never after the client's first octet was relayed.</summary>
static class Resilience
{
    /// <summary>Goes on to the next destination at once while there is another one. No delay: a delay would leave the loop.</summary>
    public static ResiliencePipeline<OpenResult> OtherDestinations(int destinations) => destinations < 2
        ? ResiliencePipeline<OpenResult>.Empty
        : new ResiliencePipelineBuilder<OpenResult>()
            .AddRetry(new RetryStrategyOptions<OpenResult>
            {
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Result.MayTryAnother),
                MaxRetryAttempts = destinations - 1,
                Delay = TimeSpan.Zero,
            })
            .Build();
}
