using System.Net;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Listener;

namespace SmtpTlsProxy.Tests.Listener;

public sealed class AddressRatesTest
{
    static readonly IPAddress s_address = IPAddress.Parse("192.0.2.1");

    readonly FakeTimeProvider _clock = new();

    [Fact]
    public void R6_2_AMinuteSlides()
    {
        AddressRates rates = new(_clock);
        Assert.Equal(10, Entered(rates, 20, limit: 10));
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, Entered(rates, 20, limit: 10));
        _clock.Advance(TimeSpan.FromSeconds(31));                     // half of the minute before still counts
        Assert.Equal(5, Entered(rates, 20, limit: 10));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(10, Entered(rates, 20, limit: 10));
    }

    [Fact]
    public void R6_2_WhoWasRefusedMeanwhileIsNotHeldToIt()
    {
        AddressRates rates = new(_clock);
        Entered(rates, 2, limit: 2);
        for (int second = 0; second < 60; second++)
        {
            Assert.False(second < 59 && rates.TryEnter(s_address, limit: 2));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.True(rates.TryEnter(s_address, limit: 2));
    }

    [Fact]
    public void R6_2_MappedIPv6IsIPv4AndASlash64IsOneAddress()
    {
        AddressRates rates = new(_clock);
        Assert.True(rates.TryEnter(s_address, limit: 1));
        Assert.False(rates.TryEnter(s_address.MapToIPv6(), limit: 1));
        Assert.True(rates.TryEnter(IPAddress.Parse("2001:db8::1"), limit: 1));
        Assert.False(rates.TryEnter(IPAddress.Parse("2001:db8::ffff:ffff:ffff:ffff"), limit: 1));
        Assert.True(rates.TryEnter(IPAddress.Parse("2001:db8:0:1::1"), limit: 1));
    }

    [Fact]
    public void R6_2_AFloodOfAddressesCostsBoundedMemory()
    {
        AddressRates rates = new(_clock, most: 100);
        for (uint i = 0; i < 10_000; i++)
            Assert.True(rates.TryEnter(new IPAddress(i), limit: 1));
        Assert.InRange(rates.Count, 100, 200);
        Assert.False(rates.TryEnter(new IPAddress(9_999), limit: 1));           // the youngest are still known
    }

    int Entered(AddressRates rates, int times, int limit) => Enumerable.Range(0, times).Count(_ => rates.TryEnter(s_address, limit));
}
