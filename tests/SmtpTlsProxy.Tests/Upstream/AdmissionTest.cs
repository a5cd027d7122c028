using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Upstream;

/// <summary>The lines before an upstream's door, whatever happens to those who stand in them (rule 6.3).</summary>
public sealed class AdmissionTest : IDisposable
{
    readonly FakeTimeProvider _clock = new();
    readonly ManualLoop _loop;
    readonly List<Waiter> _waiters = [];

    public AdmissionTest() => _loop = new(_clock);

    public void Dispose()
    {
        _waiters.ForEach(_loop.Leave);
        _loop.Dispose();
    }

    [Fact]
    public void TurnsAreCountedBeyondWhatAnIntHolds()
    {
        Admission admission = new(int.MaxValue);
        Assert.True(admission.TryEnter(1));
        Task<Admitted>[] line = [.. Enumerable.Range(0, 6).Select(i => Stand(admission, $"listener {i % 3}", 60))];
        for (int i = 0; i < line.Length; i++)
        {
            admission.Leave();
            _loop.RunUntilIdle();
        }
        Assert.All(line, one => Assert.Equal(Admitted.Yes, Now(one)));
    }

    [Fact]
    public void WhoHasLeftIsNotKeptInALineThatDoesNotMove()
    {
        Admission admission = new();
        Assert.True(admission.TryEnter(1));
        Task<Admitted> first = Stand(admission, "mx", 60);
        for (int i = 0; i < 100; i++)
        {
            Task<Admitted> late = Stand(admission, "mx", 0.1);
            _clock.Advance(TimeSpan.FromSeconds(0.2));
            _loop.RunUntilIdle();
            Assert.Equal(Admitted.Late, Now(late));
        }
        Assert.Equal(1, admission.Waiting);
        Assert.InRange(admission.Places, 1, 2);
        admission.Leave();
        _loop.RunUntilIdle();
        Assert.Equal(Admitted.Yes, Now(first));
        Assert.Equal(0, admission.Places);
    }

    [Fact]
    public void ADrainThatWasToldBeforeEndsTheWait()
    {
        Admission admission = new();
        Assert.True(admission.TryEnter(1));
        Task<Admitted> late = Stand(admission, "mx", 60, before: _loop.DrainAll);
        Assert.Equal(Admitted.Interrupted, Now(late));
        Assert.Equal(0, admission.Waiting);
    }

    [Fact]
    public void ARaisedCapServesThoseWhoWaitBeforeALineIsFull()
    {
        Admission admission = new();
        Assert.True(admission.TryEnter(1));
        Task<Admitted> first = Stand(admission, "mx", 60, most: 1);
        Assert.False(admission.TryEnter(3));
        Task<Admitted> second = Stand(admission, "mx", 60, most: 1);
        Assert.Equal((Admitted.Yes, Admitted.Yes), (Now(first)!.Value, Now(second)!.Value));
    }

    // Null: it still waits.
    static Admitted? Now(Task<Admitted> one) => one.IsCompleted ? one.GetAwaiter().GetResult() : null;

    Task<Admitted> Stand(Admission admission, string listener, double seconds, int most = 100, Action? before = null)
    {
        Task<Admitted> task = null!;
        _loop.Post(() =>
        {
            Waiter waiter = _loop.Enter();
            _waiters.Add(waiter);
            before?.Invoke();
            Errand errand = Errand.WithoutClient(waiter, _loop.In(TimeSpan.FromSeconds(seconds)), IUpstreamObserver.Deaf);
            task = admission.WaitAsync(listener, errand, most).AsTask();
        });
        _loop.RunUntilIdle();
        return task;
    }
}
