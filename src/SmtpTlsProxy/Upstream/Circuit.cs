using Polly;
using Polly.CircuitBreaker;
using SmtpTlsProxy.Telemetry;

namespace SmtpTlsProxy.Upstream;

/// <summary>One try at a destination, as Polly sees it. <paramref name="Failed"/>: the destination is to blame.</summary>
readonly record struct Tried(OpenResult Result, ConnectResult Why, bool Failed);

/// <summary>
/// Polly's circuit breaker for one destination: one that fails every other time is left alone for a while, then one session tries it. No callbacks:
/// without them Polly never leaves the thread, which is a loop's.
/// </summary>
sealed class Circuit
{
    readonly CircuitBreakerStateProvider _state = new();
    readonly ResiliencePipeline<Tried> _pipeline;

    public Circuit(TimeProvider time) => _pipeline = new ResiliencePipelineBuilder<Tried> { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Tried>
        {
            ShouldHandle = arguments => ValueTask.FromResult(CountsAgainst(arguments.Outcome)),
            FailureRatio = 0.5,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromSeconds(30),
            BreakDuration = TimeSpan.FromSeconds(15),
            StateProvider = _state,
        })
        .Build();

    /// <summary>It is open until somebody tries behind the break and is served.</summary>
    public bool IsOpen => _state.CircuitState is CircuitState.Open or CircuitState.Isolated;

    // The one try behind a break must show that the destination is well: a client that left meanwhile shows nothing, and closes nothing.
    bool CountsAgainst(in Outcome<Tried> outcome) => outcome.Result.Failed || (_state.CircuitState is CircuitState.HalfOpen && !IsServed(outcome));

    // A refusal that is meant for this client alone is a server's at work.
    static bool IsServed(in Outcome<Tried> outcome) =>
        outcome.Exception is null && outcome.Result.Why is ConnectResult.Ok or ConnectResult.Greeting or ConnectResult.Identity;

    /// <summary>Tries, or null: the circuit is open.</summary>
    public async ValueTask<Tried?> TryAsync<TState>(Func<TState, ValueTask<Tried>> attempt, TState state)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get();
        try
        {
            Outcome<Tried> outcome = await _pipeline.ExecuteOutcomeAsync(
                static async (_, call) => Outcome.FromResult(await call.attempt(call.state)), context, (attempt, state));
            if (outcome.Exception is BrokenCircuitException)
                return null;
            outcome.ThrowIfException();
            return outcome.Result;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
