using System.Net;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Listener;
using SmtpTlsProxy.Telemetry;

namespace SmtpTlsProxy.Tests.Listener;

public sealed class ListenerCapsTest
{
    static readonly FakeTimeProvider s_clock = new();

    readonly ListenerCaps _caps = new(s_clock);

    readonly ListenerConfiguration _listener = ConfigurationLoader.Load([YamlSource.FromText("""
        hostname: mail.example.com
        listeners:
          mx: { address: '127.0.0.1:2525', tls: none, upstream: server, proxyProtocol: { from: [10.0.0.0/8] }, limits: { connectionsPerAddress: 1, connectionsPerMinutePerAddress: 3 } }
        upstreams:
          server: { destinations: ['127.0.0.1:25'], tls: none }
        """, "test")], Machine.Current(TimeProvider.System)).Configuration!.Listeners[0];

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("2001:db8::1", "2001:db8::2")]              // one /64
    public void R6_2_AnAddressBeyondItsCapIsRefused(string first, string second)
    {
        Assert.Null(_caps.TryEnter(_listener, IPAddress.Parse(first)));
        Assert.Equal(Limit.ConnectionsPerAddress, _caps.TryEnter(_listener, IPAddress.Parse(second)));
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public void R6_2_AnAddressThatComesTooOftenIsRefusedAndHoldsNoPlace(string from)
    {
        IPAddress address = IPAddress.Parse(from);
        for (int i = 0; i < 3; i++)
        {
            Assert.Null(_caps.TryEnter(_listener, address));
            _caps.Leave(_listener, address);
        }
        Assert.Equal(Limit.ConnectionsPerMinutePerAddress, _caps.TryEnter(_listener, address));
        Assert.Equal(Limit.ConnectionsPerMinutePerAddress, _caps.TryEnter(_listener, address));
    }

    [Fact]
    public void R6_2_LoopbackAndListedBalancersMayComeAsOftenAsTheyLike()
    {
        foreach (string exempt in (string[])["127.0.0.1", "::1", "10.1.2.3"])
            for (int i = 0; i < 10; i++)
                Assert.Null(_caps.TryEnter(_listener, IPAddress.Parse(exempt)));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]                                // a balancer's own check: PROXY LOCAL or UNKNOWN
    public void R6_2_LoopbackAndListedBalancersAreExempt(string address)
    {
        Assert.Null(_caps.TryEnter(_listener, IPAddress.Parse(address)));
        Assert.Null(_caps.TryEnter(_listener, IPAddress.Parse(address)));
    }

    [Fact]
    public void R6_2_AReloadChangesTheCapAndKeepsTheCount()
    {
        IPAddress address = IPAddress.Parse("192.0.2.1");
        ListenerConfiguration wider = _listener with { Limits = _listener.Limits with { ConnectionsPerAddress = 2 } };
        Assert.Null(_caps.TryEnter(_listener, address));
        Assert.Null(_caps.TryEnter(wider, address));
        Assert.Equal(Limit.ConnectionsPerAddress, _caps.TryEnter(wider, address));
    }

    [Fact]
    public void R6_2_WhoCameInBeforeAReloadIsCountedOutAsItWasCountedIn()
    {
        IPAddress address = IPAddress.Parse("10.1.2.3");
        ListenerConfiguration without = _listener with { ProxyProtocolFrom = [] };
        Assert.Null(_caps.TryEnter(_listener, address));
        Assert.Null(_caps.TryEnter(without, address));
        _caps.Leave(_listener, address);
        Assert.Equal(Limit.ConnectionsPerAddress, _caps.TryEnter(without, address));
    }
}
