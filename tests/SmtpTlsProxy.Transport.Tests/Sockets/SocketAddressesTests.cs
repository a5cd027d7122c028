namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;

public sealed class SocketAddressesTests
{
    public static TheoryData<string> EndPoints => ["192.0.2.1:25", "0.0.0.0:0", "[2001:db8::1]:587", "[fe80::1%7]:465"];

    [Theory]
    [MemberData(nameof(EndPoints))]
    public void AnAddressSurvivesTheWayThroughTheSystemsStructure(string text)
    {
        IPEndPoint endPoint = IPEndPoint.Parse(text);
        SocketAddress address = endPoint.Serialize();
        Assert.Equal(endPoint, SocketAddresses.Parse(address.Buffer.Span[..address.Size]));
    }

    [Fact]
    public void AUnixPeerHasNoAddress() => Assert.Null(SocketAddresses.Parse([Libc.AF_UNIX, 0]));

    [Fact]
    public void ATruncatedAddressIsNone()
    {
        SocketAddress address = new IPEndPoint(IPAddress.IPv6Loopback, 25).Serialize();
        Assert.Null(SocketAddresses.Parse(address.Buffer.Span[..20]));
        Assert.Null(SocketAddresses.Parse([]));
    }
}
