using Microsoft.Extensions.Time.Testing;

namespace SmtpTlsProxy.Lifetime;

/// <summary>When memory is given back.</summary>
public sealed class ThriftTest
{
    readonly FakeTimeProvider _time = new();
    long _allocated;
    int _sessions;
    int _givenBack;
    TimeSpan _takes;

    [Fact]
    public void OnceItIsQuietBehindABurst()
    {
        Thrift thrift = New();
        _allocated += Thrift.Worthwhile;
        Assert.False(thrift.Look());
        Assert.True(thrift.Look());
    }

    [Fact]
    public void OnceManySessionsHaveLeftThoughTheyAllocatedLittle()
    {
        Thrift thrift = New();
        GiveBackOnce(thrift);
        _sessions = Thrift.ManySessions;
        Assert.False(thrift.Look());
        _sessions = 1;
        Assert.False(thrift.Look());
        _sessions = 0;
        Assert.True(thrift.Look());
        Assert.False(thrift.Look());
    }

    [Fact]
    public void NotAgainForNothing()
    {
        Thrift thrift = New();
        GiveBackOnce(thrift);
        _allocated += Thrift.Quiet - 1;
        Assert.False(thrift.Look());
        Assert.False(thrift.Look());
        Assert.Equal(1, _givenBack);
    }

    [Fact]
    public void NeverWhileBusy()
    {
        Thrift thrift = New();
        for (int second = 0; second < 100; second++)
        {
            _allocated += Thrift.Quiet;
            Assert.False(thrift.Look());
        }
    }

    [Fact]
    public void NeverWhileMoreSessionsStandThanAPauseIsShortFor()
    {
        Thrift thrift = New();
        _sessions = Thrift.MostSessions + 1;
        _allocated += Thrift.Worthwhile;
        thrift.Look();
        Assert.False(thrift.Look());
        _sessions--;
        Assert.True(thrift.Look());
    }

    [Fact]
    public void AtMostAHundredthOfTheTime()
    {
        Thrift thrift = New();
        _takes = TimeSpan.FromMilliseconds(50);
        GiveBackOnce(thrift);
        _allocated += Thrift.Worthwhile;
        thrift.Look();
        Assert.False(thrift.Look());
        _time.Advance(100 * _takes);
        Assert.True(thrift.Look());
    }

    Thrift New() => new(() => _sessions, () => _allocated, GiveBack, _time);

    void GiveBackOnce(Thrift thrift)
    {
        _allocated += Thrift.Worthwhile;
        thrift.Look();
        Assert.True(thrift.Look());
    }

    void GiveBack()
    {
        _givenBack++;
        _time.Advance(_takes);
    }
}
