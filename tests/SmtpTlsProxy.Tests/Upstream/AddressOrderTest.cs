using System.Net;

namespace SmtpTlsProxy.Upstream;

public class AddressOrderTest
{
    static readonly IPAddress[] s_four = [.. Enumerable.Range(1, 3).Select(i => IPAddress.Parse($"192.0.2.{i}"))];
    static readonly IPAddress[] s_six = [.. Enumerable.Range(1, 2).Select(i => IPAddress.Parse($"2001:db8::{i}"))];

    [Fact]
    public void TheFamiliesTakeTurns_IPv6First()
    {
        string[] order = [.. AddressOrder.Of([.. s_four, .. s_six], 25)[0].Select(end => end.ToString()!)];
        Assert.Equal(["[2001:db8::1]:25", "192.0.2.1:25", "[2001:db8::2]:25", "192.0.2.2:25", "192.0.2.3:25"], order);
    }

    [Fact]
    public void EachSessionBeginsWithAnotherAddress()
    {
        EndPoint[][] orders = AddressOrder.Of(s_four, 25);
        Assert.Equal(["192.0.2.1:25", "192.0.2.2:25", "192.0.2.3:25"], orders.Select(order => order[0].ToString()!).Order());
        Assert.All(orders, order => Assert.Equal(3, order.Distinct().Count()));
    }

    [Fact]
    public void OfManyAddressesASessionDialsAFew_AndAllAreUsed()
    {
        EndPoint[][] orders = AddressOrder.Of([.. Enumerable.Range(1, 20).Select(i => IPAddress.Parse($"192.0.2.{i}"))], 25);
        Assert.All(orders, order => Assert.Equal(AddressOrder.PerSession, order.Length));
        Assert.Equal(20, orders.Select(order => order[0]).Distinct().Count());
    }

    [Fact]
    public void AnAnswerInAnotherOrderIsTheSameAnswer() =>
        Assert.Equal(AddressOrder.Of(s_four, 25), AddressOrder.Of([.. s_four.Reverse()], 25));

    [Theory]
    [InlineData("legacy", "legacy.mail.svc.cluster.local.", "legacy.svc.cluster.local.", "legacy.")]
    [InlineData("a.b.c.d.e.f", "a.b.c.d.e.f.", "a.b.c.d.e.f.mail.svc.cluster.local.", "a.b.c.d.e.f.svc.cluster.local.")]
    [InlineData("smtp.example.net.", "smtp.example.net.")]
    public void AShortNameIsSearchedForAsTheSystemDoes(string host, params string[] asked)
    {
        ResolverFile file = ResolverFile.Parse(["# a comment", "nameserver 10.96.0.10", "search mail.svc.cluster.local svc.cluster.local", "options ndots:5 timeout:1"]);
        Assert.Equal(asked, file.Candidates(host));
        Assert.Equal([IPEndPoint.Parse("10.96.0.10:53")], file.Servers);
    }

    [Fact]
    public void WithoutAFileTheManualsDefaultsHold()
    {
        ResolverFile file = ResolverFile.Parse([]);
        Assert.Equal([IPEndPoint.Parse("127.0.0.1:53")], file.Servers);
        Assert.Equal(["a.b."], file.Candidates("a.b"));
    }
}
