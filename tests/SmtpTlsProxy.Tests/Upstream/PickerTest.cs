using SmtpTlsProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace SmtpTlsProxy.Upstream;

/// <summary>Selection is fair, follows sessions, and costs nothing.</summary>
public class PickerTest
{
    const int Sessions = 10_000;
    static readonly bool[] s_none = new bool[3];

    readonly Standing[] _all = [.. ((string[])["b", "c", "a"]).Select(id => new Standing(id, TimeProvider.System))];
    readonly DestinationState[] _available = [new("a"), new("b"), new("c")];

    // The least that each of three gets of 10,000 sessions, and the most.
    [Theory]
    [InlineData("leastSessions", 3333, 3334)]
    [InlineData("roundRobin", 3333, 3334)]
    [InlineData("powerOfTwoChoices", 3000, 3667)]
    [InlineData("random", 3000, 3667)]
    public void SessionsThatEndAtOnceAreSharedEvenly(string policy, int least, int most)
    {
        int[] got = Give(policy, Sessions, holds: _ => false);
        Assert.All(got, count => Assert.InRange(count, least, most));
    }

    [Theory]
    [InlineData("leastSessions", 3333, 3334)]
    [InlineData("powerOfTwoChoices", 3320, 3347)]
    public void SessionsThatStayAreSharedEvenly(string policy, int least, int most)
    {
        int[] got = Give(policy, Sessions, holds: _ => true);
        Assert.All(got, count => Assert.InRange(count, least, most));
    }

    [Theory, InlineData("leastSessions", 0, 10), InlineData("powerOfTwoChoices", 0, 50)]
    public void OneWhoseSessionsDoNotEndGetsHardlyAny(string policy, int least, int most)
    {
        int[] got = Give(policy, Sessions, holds: at => at == 1);
        Assert.InRange(got[1], least, most);
    }

    [Fact]
    public void PriorityIsTheOrderWritten_AndTheAlphabetItsOwn()
    {
        Assert.Equal([Sessions, 0, 0], Give("firstHealthy", Sessions, _ => true));
        Assert.Equal([0, 0, Sessions], Give("firstAlphabetical", Sessions, _ => true));
    }

    [Fact]
    public void TheNextHealthyOneIsTakenWhereTheFirstIsNotAvailable()
    {
        Picker picker = new(LoadBalancing.FirstHealthy);
        Assert.Equal(1, picker.Next([new("a"), new("c")], _all, s_none));
        Assert.Equal(2, picker.Next([new("a"), new("c")], _all, [false, true, false]));
        Assert.Equal(-1, picker.Next([new("a"), new("c")], _all, [false, true, true]));
        Assert.Equal(-1, picker.Next([new("unknown")], _all, s_none));
    }

    [Theory, InlineData("leastSessions"), InlineData("roundRobin"), InlineData("powerOfTwoChoices"), InlineData("random"), InlineData("firstHealthy"), InlineData("firstAlphabetical")]
    public void ChoosingAllocatesNothing(string policy)
    {
        Picker picker = new(PolicyOf(policy));
        picker.Next(_available, _all, s_none);
        // The runtime itself allocates once in a while on this thread.
        Assert.Equal(0, Enumerable.Range(0, 4).Min(_ => AllocatedBy(picker)));
    }

    long AllocatedBy(Picker picker)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Sessions; i++)
            picker.Next(_available, _all, s_none);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    int[] Give(string policy, int sessions, Func<int, bool> holds)
    {
        Picker picker = new(PolicyOf(policy));
        int[] got = new int[_all.Length];
        for (int i = 0; i < sessions; i++)
        {
            int at = picker.Next(_available, _all, s_none);
            got[at]++;
            _all[at].Enter();
            if (!holds(at))
                _all[at].Leave();
        }
        return got;
    }

    static LoadBalancing PolicyOf(string word) => Vocabulary.LoadBalancings.TryRead(word, out LoadBalancing policy) ? policy : throw new ArgumentException(word);
}
