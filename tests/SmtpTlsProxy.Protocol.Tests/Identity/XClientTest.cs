using System.Net;
using System.Text;

namespace SmtpTlsProxy.Protocol.Tests;

public class XClientTest
{
    const IdentityAttributes Everything = (IdentityAttributes)511;

    static readonly ClientIdentity _client = new() { Source = IPEndPoint.Parse("192.0.2.1:4711"), Destination = IPEndPoint.Parse("198.51.100.2:25") };

    static string? Client(ClientIdentity client, IdentityAttributes offered = Everything)
    {
        byte[] buffer = new byte[XClient.MaxLength];
        return XClient.TryBuild(client, offered, buffer, out int length) ? Encoding.ASCII.GetString(buffer, 0, length) : null;
    }

    static string? Forward(ClientIdentity client, IdentityAttributes offered = Everything)
    {
        byte[] buffer = new byte[XForward.MaxLength];
        return XForward.TryBuild(client, offered, buffer, out int length) ? Encoding.ASCII.GetString(buffer, 0, length) : null;
    }

    [Fact]
    public void Rule6_8_XClientTellsWhatIsKnownAddrLast()
    {
        Assert.Equal("XCLIENT NAME=[UNAVAILABLE] PORT=4711 DESTADDR=198.51.100.2 DESTPORT=25 ADDR=192.0.2.1\r\n", Client(_client));
        ClientIdentity full = _client with { Helo = "mx.example.org", SaidEhlo = true, Login = "user+1=a" };
        Assert.Equal("XCLIENT NAME=[UNAVAILABLE] PORT=4711 PROTO=ESMTP HELO=mx.example.org LOGIN=user+2B1+3Da DESTADDR=198.51.100.2 DESTPORT=25 ADDR=192.0.2.1\r\n",
            Client(full));
        Assert.Equal("XCLIENT PROTO=SMTP ADDR=192.0.2.1\r\n", Client(full with { SaidEhlo = false }, IdentityAttributes.Addr | IdentityAttributes.Proto));
    }

    [Theory]
    [InlineData("[2001:db8::1]:1", "IPV6:2001:db8::1")]
    [InlineData("[fe80::1%3]:1", "IPV6:fe80::1")]
    [InlineData("[::ffff:192.0.2.1]:1", "192.0.2.1")]
    public void Rule6_8_AddressesAreWrittenAsPostfixReadsThem(string source, string expected)
    {
        ClientIdentity client = _client with { Source = IPEndPoint.Parse(source) };
        Assert.Equal($"XCLIENT ADDR={expected}\r\n", Client(client, IdentityAttributes.Addr));
        Assert.Equal($"XFORWARD ADDR={expected}\r\n", Forward(client, IdentityAttributes.Addr));
    }

    [Fact]
    public void Rule6_8_WithoutAddrThereIsNoXClient() => Assert.Null(Client(_client, Everything & ~IdentityAttributes.Addr));

    [Theory]
    [InlineData("a\r\nMAIL FROM:<>")]
    [InlineData("a\0")]
    [InlineData("a\u007f")]
    [InlineData("a\u0085")]
    [InlineData("\ud800")]
    [InlineData("")]
    public void Rule6_8_AValueThatIsNotFitIsNotTold(string value)
    {
        Assert.Null(Client(_client with { Helo = value }));
        Assert.Null(Client(_client with { Login = value }));
        Assert.Null(Forward(_client with { Helo = value }));
    }

    [Fact]
    public void Rule6_8_TheLineIsAtMost512Octets()
    {
        int room = 512 - "XCLIENT HELO= ADDR=192.0.2.1\r\n".Length;
        IdentityAttributes offered = IdentityAttributes.Helo | IdentityAttributes.Addr;
        Assert.Equal(512, Client(_client with { Helo = new string('h', room) }, offered)!.Length);
        Assert.Null(Client(_client with { Helo = new string('h', room + 1) }, offered));
        Assert.Null(Client(_client with { Helo = new string('\u00e4', 200) }, offered));
    }

    [Fact]
    public void Rule6_8_XForwardTellsOnlyWhatIsOffered()
    {
        ClientIdentity client = _client with { Helo = "a b", SaidEhlo = true, Login = "user" };
        Assert.Equal("XFORWARD NAME=[UNAVAILABLE] ADDR=192.0.2.1 PORT=4711 PROTO=ESMTP HELO=a+20b SOURCE=REMOTE\r\n", Forward(client));
        Assert.Equal("XFORWARD PORT=4711\r\n", Forward(client, IdentityAttributes.Port));
        Assert.Null(Forward(client, IdentityAttributes.None));
        Assert.Null(Forward(_client, IdentityAttributes.Helo));
    }

    [Fact]
    public void AttributesAreReadFromTheCapability()
    {
        IdentityAttributes some = IdentityAttributes.Name | IdentityAttributes.Addr | IdentityAttributes.DestPort;
        Assert.Equal(some, IdentityAttributeList.Parse("NAME addr REVERSE_NAME DESTPORT"u8));
        Assert.Equal(Everything, IdentityAttributeList.Parse("NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT SOURCE"u8));
    }

    [Fact]
    public void Rule6_8_XtextCarriesAnyOctetAsPrintableAscii()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(octet => (byte)octet)], into = new byte[768];
        Assert.True(Xtext.TryEncode(all, into, out int written));
        string text = Encoding.ASCII.GetString(into, 0, written);
        Assert.All(text, letter => Assert.InRange(letter, '!', '~'));
        Assert.DoesNotContain('=', text);
        Assert.Equal(all, Decode(text));
        Assert.False(Xtext.TryEncode(all, into.AsSpan(0, written - 1), out _));
    }

    static IEnumerable<byte> Decode(string text)
    {
        for (int at = 0; at < text.Length; at++)
        {
            yield return text[at] == '+' ? Convert.FromHexString(text.AsSpan(at + 1, 2))[0] : (byte)text[at];
            at += text[at] == '+' ? 2 : 0;
        }
    }
}
