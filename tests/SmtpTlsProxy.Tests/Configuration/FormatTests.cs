namespace SmtpTlsProxy.Configuration;

public class FormatTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("100ms", 100)]
    [InlineData("10s", 10_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    public void DurationsAreRead(string text, int milliseconds)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Durations.Read(text).Value);
        Assert.Equal(text, Durations.Write(Durations.Read(text).Value));
    }

    [Theory]
    [InlineData("99ms")]
    [InlineData("0s")]
    [InlineData("10")]
    [InlineData("ten")]
    [InlineData("-5s")]
    [InlineData("1.5h")]
    [InlineData("5M")]
    [InlineData("")]
    [InlineData("99999999999999999999s")]
    [InlineData("721h")]
    public void OtherDurationsAreRefused(string text) => Assert.NotNull(Durations.Read(text).Problem);

    [Theory]
    [InlineData("spki:sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    [InlineData("SPKI:SHA256:9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08")]
    [InlineData("spki:sha256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=")]
    [InlineData("spki:sha256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg")]
    [InlineData("spki:sha256:n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg")]
    public void PinsAreReadAsToolsPrintThem(string text)
    {
        Assert.Equal(CertificatePin.Digesting(PinOf.PublicKey, "test"u8), CertificatePin.Read(text).Value);
        Assert.Equal("spki:sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", CertificatePin.Read(text).Value.ToString());
        if (text.StartsWith("spki", StringComparison.Ordinal))
            Assert.Matches(CertificatePin.Pattern, text);
    }

    [Theory]
    [InlineData("8KiB", 8192)]
    [InlineData("50MiB", 52_428_800)]
    [InlineData("1GiB", 1_073_741_824)]
    [InlineData("8192", 8192)]
    [InlineData("512B", 512)]
    public void SizesAreRead(string text, long octets) => Assert.Equal(octets, Sizes.Read(text).Value);

    [Theory]
    [InlineData("8KB")]
    [InlineData("8k")]
    [InlineData("KiB")]
    [InlineData("-1")]
    [InlineData("9999999999999GiB")]
    public void OtherSizesAreRefused(string text) => Assert.NotNull(Sizes.Read(text).Problem);

    [Theory]
    [InlineData("0.0.0.0:2525", "0.0.0.0:2525")]
    [InlineData("[::]:2525", "[::]:2525")]
    [InlineData("localhost:25", "127.0.0.1:25")]
    [InlineData("unix:/run/proxy.sock", "unix:/run/proxy.sock")]
    [InlineData("systemd:mx", "systemd:mx")]
    public void ListenAddressesAreRead(string text, string meant) => Assert.Equal(meant, Addresses.Listen(text).Value.ToString());

    [Theory]
    [InlineData("2525")]
    [InlineData(":2525")]
    [InlineData("::1:2525")]
    [InlineData("127.0.0.1:70000")]
    [InlineData("127.1:25")]
    [InlineData("127.0.0.01:25")]
    [InlineData("mail.example.com:25")]
    [InlineData("unix:relative")]
    [InlineData("systemd:")]
    [InlineData("[127.0.0.1]25")]
    public void OtherListenAddressesAreRefused(string text) => Assert.NotNull(Addresses.Listen(text).Problem);

    [Theory]
    [InlineData("smtp.example.net:587", "smtp.example.net:587")]
    [InlineData("Smtp.Example.net.:587", "Smtp.Example.net:587")]
    [InlineData("server_1:25", "server_1:25")]
    [InlineData("[2001:db8::1]:25", "[2001:db8::1]:25")]
    [InlineData("10.0.0.1:25", "10.0.0.1:25")]
    [InlineData("münchen.example:25", "xn--mnchen-3ya.example:25")]
    [InlineData("unix:/run/lmtp", "unix:/run/lmtp")]
    [InlineData("original", "original")]
    public void DestinationsAreRead(string text, string meant) => Assert.Equal(meant, Addresses.Destination("a", text).Value.ToString());

    [Theory]
    [InlineData("smtp.example.net")]
    [InlineData("smtp.example.net:0")]
    [InlineData("smtp..net:25")]
    [InlineData("10.0.0.300:25")]
    [InlineData("-a.example:25")]
    [InlineData("http://a.example:25")]
    [InlineData("2001:db8::1:25")]
    public void OtherDestinationsAreRefused(string text) => Assert.NotNull(Addresses.Destination("a", text).Problem);

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("10.0.0.1/8", "10.0.0.0/8")]
    [InlineData("192.0.2.1", "192.0.2.1/32")]
    [InlineData("::1", "::1/128")]
    [InlineData("2001:db8::/32", "2001:db8::/32")]
    public void NetworksAreRead(string text, string meant) => Assert.Equal(meant, Addresses.Network(text).Value.ToString());

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.1/8")]
    [InlineData("everybody")]
    [InlineData("10.0")]
    public void OtherNetworksAreRefused(string text) => Assert.NotNull(Addresses.Network(text).Problem);

    [Theory]
    [InlineData("mail.example.com", "mail.example.com")]
    [InlineData("mail", "mail")]
    [InlineData("bücher.example.", "xn--bcher-kva.example")]
    public void DomainNamesBecomeALabels(string text, string meant) => Assert.Equal(meant, DomainNames.Read(text).Value);

    [Theory]
    [InlineData("")]
    [InlineData("a b.example")]
    [InlineData("a_b.example")]
    [InlineData(".example")]
    [InlineData("a..example")]
    [InlineData("a-.example")]
    [InlineData("192.0.2.1")]
    [InlineData("mail.example.com:25")]
    [InlineData("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl.example")]
    public void WhatIsNoDomainNameIsRefused(string text) => Assert.NotNull(DomainNames.Read(text).Problem);

    [Theory]
    [InlineData("[192.0.2.1]", true)]
    [InlineData("[IPv6:2001:db8::1]", true)]
    [InlineData("[2001:db8::1]", false)]
    [InlineData("[mail]", false)]
    [InlineData("mail.example.com", true)]
    public void HeloMayBeAnAddressLiteral(string text, bool isValid) => Assert.Equal(isValid, DomainNames.Helo(text).Problem is null);

    [Theory]
    [InlineData("tsl", "tls")]
    [InlineData("adress", "address")]
    [InlineData("MAXMESSAGE", null)]
    public void TheNearestWordIsGuessed(string word, string? meant) => Assert.Equal(meant, Nearest.Of(word, ["tls", "address", "maxMessageSize"]));
}
