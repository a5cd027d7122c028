using System.Net;
using System.Text;
using CsCheck;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>Rule 6.8, after HAProxy's proxy-protocol.txt.</summary>
public class ProxyHeaderTest
{
    const string Signature = "0D0A0D0A000D0A515549540A";

    /// <summary>Read whole with the client's octets behind it, and octet by octet: the verdicts must agree.</summary>
    static ProxyHeaderStatus Parse(byte[] octets, out ProxyHeader header)
    {
        ProxyHeaderStatus whole = ProxyHeader.TryParse(octets, out header), grown = ProxyHeaderStatus.NeedMore;
        int length = 0;
        while (grown == ProxyHeaderStatus.NeedMore && length < octets.Length)
            grown = ProxyHeader.TryParse(octets.AsSpan(0, ++length), out ProxyHeader _);
        Assert.Equal(whole, grown);
        if (whole == ProxyHeaderStatus.Ok)
            Assert.Equal(length, header.Length);
        return whole;
    }

    static ProxyHeaderStatus ParseText(string text, out ProxyHeader header) => Parse(Encoding.ASCII.GetBytes(text), out header);

    static ProxyHeaderStatus ParseHex(string hex, out ProxyHeader header) => Parse(Convert.FromHexString(hex.Replace(" ", "")), out header);

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324 25\r\n", "192.0.2.1:56324", "198.51.100.2:25")]
    [InlineData("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535", "255.255.255.255:65535")]
    [InlineData("PROXY TCP6 2001:db8::1 2001:DB8::2 1 0\r\n", "[2001:db8::1]:1", "[2001:db8::2]:0")]
    [InlineData("PROXY TCP6 ffff:f..f:ffff ffff:f..f:ffff 65535 65535\r\n", null, null)]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "[::ffff:192.0.2.1]:1", "[::1]:2")]
    public void Rule6_8_AVersion1HeaderNamesBothEnds(string text, string? source, string? destination)
    {
        Assert.Equal(source is null ? ProxyHeaderStatus.Invalid : ProxyHeaderStatus.Ok, ParseText(text + "EHLO a\r\n", out ProxyHeader header));
        if (source is null)
            return;
        Assert.Equal((text.Length, IPEndPoint.Parse(source), IPEndPoint.Parse(destination!)), (header.Length, header.Source, header.Destination));
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n")]
    public void Rule6_8_Version1UnknownIsTheBalancerItself(string text)
    {
        Assert.True(text.Length <= 107);
        Assert.Equal(ProxyHeaderStatus.Ok, ParseText(text + "EHLO a\r\n", out ProxyHeader header));
        Assert.Equal((text.Length, true), (header.Length, header.IsLocal));
    }

    [Theory]
    [InlineData("EHLO a\r\n")]
    [InlineData("proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1  192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1\t192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.513 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 3221225985 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n")]
    [InlineData("PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 [::1] ::1 1 2\r\n")]
    [InlineData("PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY UNKNOWNS\r\n")]
    [InlineData("PROXY UNKNOWN \r\r\r 34567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\r\n")]
    public void Rule6_8_AnyOtherLineIsNoHeader(string text) => Assert.Equal(ProxyHeaderStatus.Invalid, ParseText(text, out _));

    [Theory]
    [InlineData(Signature + "21 11 000C C0000201 C6336402 DC04 0019", "192.0.2.1:56324", "198.51.100.2:25")]
    [InlineData(Signature + "21 21 0024 20010DB8000000000000000000000001 20010DB8000000000000000000000002 DC04 0019",
        "[2001:db8::1]:56324", "[2001:db8::2]:25")]
    [InlineData(Signature + "21 11 0017 C0000201 C6336402 DC04 0019 02 0003 612E62 04 0002 0000", "192.0.2.1:56324", "198.51.100.2:25")]
    public void Rule6_8_AVersion2HeaderNamesBothEndsAndItsTlvsAreSkipped(string hex, string source, string destination)
    {
        Assert.Equal(ProxyHeaderStatus.Ok, ParseHex(hex + "1603010200", out ProxyHeader header));
        Assert.Equal((IPEndPoint.Parse(source), IPEndPoint.Parse(destination)), (header.Source, header.Destination));
        Assert.Equal(hex.Replace(" ", "").Length / 2, header.Length);
    }

    [Theory]
    [InlineData(Signature + "20 00 0000")]
    [InlineData(Signature + "20 11 000C C0000201 C6336402 DC04 0019")]
    [InlineData(Signature + "20 31 0003 010203")]
    public void Rule6_8_Version2LocalIsTheBalancerItself(string hex)
    {
        Assert.Equal(ProxyHeaderStatus.Ok, ParseHex(hex + "45", out ProxyHeader header));
        Assert.True(header.IsLocal);
    }

    [Theory]
    [InlineData(Signature + "11 11 000C C0000201 C6336402 DC04 0019")]                    // version 1 in the binary form
    [InlineData(Signature + "22 11 000C C0000201 C6336402 DC04 0019")]                    // no such command
    [InlineData(Signature + "21 12 000C C0000201 C6336402 DC04 0019")]                    // UDP
    [InlineData(Signature + "21 22 0024 20010DB8000000000000000000000001 20010DB8000000000000000000000002 DC04 0019")]
    [InlineData(Signature + "21 31 00D8")]                                                 // UNIX; completed below
    [InlineData(Signature + "21 00 0000")]                                                 // UNSPEC, yet not LOCAL
    [InlineData(Signature + "21 11 000B C0000201 C6336402 DC04 00")]                      // too short for its family
    [InlineData(Signature + "21 11 000E C0000201 C6336402 DC04 0019 0400")]               // half a TLV
    [InlineData(Signature + "21 11 0010 C0000201 C6336402 DC04 0019 04 0002 00")]         // a TLV beyond the end
    [InlineData(Signature + "21 11 1001")]                                                 // longer than any balancer's
    [InlineData("0D0A0D0A000D0A515549540D")]
    public void Rule6_8_AnyOtherBinaryHeaderIsRefused(string hex)
    {
        string whole = hex.EndsWith("00D8", StringComparison.Ordinal) ? hex + new string('0', 2 * 0xD8) : hex;
        Assert.Equal(ProxyHeaderStatus.Invalid, ParseHex(whole, out _));
    }

    [Fact]
    public void Rule6_8_AChecksumIsChecked()
    {
        // CRC32c with zeroes in its place; the check value of "123456789" is E3069283, tried first so that the algorithm is the right one.
        byte[] header = Convert.FromHexString((Signature + "21 11 0013 C0000201 C6336402 DC04 0019 03 0004 00000000").Replace(" ", ""));
        Assert.Equal(0xE3069283, SlowCrc32C("123456789"u8));
        uint crc = SlowCrc32C(header);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(header.Length - 4), crc);
        Assert.Equal(ProxyHeaderStatus.Ok, Parse(header, out _));
        header[^1] ^= 1;
        Assert.Equal(ProxyHeaderStatus.Invalid, Parse(header, out _));
    }

    static uint SlowCrc32C(ReadOnlySpan<byte> octets)
    {
        uint crc = ~0u;
        foreach (byte octet in octets)
        {
            crc ^= octet;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
        }
        return ~crc;
    }

    [Theory]
    [InlineData("192.0.2.1:1", "198.51.100.2:25", "PROXY TCP4 192.0.2.1 198.51.100.2 1 25\r\n")]
    [InlineData("[::ffff:192.0.2.1]:1", "[::ffff:198.51.100.2]:25", "PROXY TCP4 192.0.2.1 198.51.100.2 1 25\r\n")]
    [InlineData("[2001:db8::1]:1", "[2001:db8::2]:25", "PROXY TCP6 2001:db8::1 2001:db8::2 1 25\r\n")]
    [InlineData("[fe80::1%3]:1", "[fe80::2%3]:25", "PROXY TCP6 fe80::1 fe80::2 1 25\r\n")]
    [InlineData("192.0.2.1:1", "[2001:db8::2]:25", "PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 1 25\r\n")]
    public void Rule6_8_WhatIsWrittenIsReadBack(string source, string destination, string version1)
    {
        byte[] one = ProxyHeaderV1.Write(IPEndPoint.Parse(source), IPEndPoint.Parse(destination));
        byte[] two = ProxyHeaderV2.Write(IPEndPoint.Parse(source), IPEndPoint.Parse(destination));
        Assert.Equal(version1, Encoding.ASCII.GetString(one));
        Assert.Equal(ProxyHeaderStatus.Ok, Parse(one, out ProxyHeader first));
        Assert.Equal(ProxyHeaderStatus.Ok, Parse(two, out ProxyHeader second));
        Assert.Equal((first.Source, first.Destination), (second.Source, second.Destination));
    }

    [Fact]
    public void Rule6_8_WithoutAClientTheHeaderSpeaksForUs()
    {
        Assert.Equal("PROXY UNKNOWN\r\n", Encoding.ASCII.GetString(ProxyHeaderV1.Write(null, null)));
        Assert.Equal(Signature + "20000000", Convert.ToHexString(ProxyHeaderV2.Write(null, null)));
    }

    [Fact]
    public void Rule6_8_TlsIsToldInTlvs()
    {
        ProxyTls tls = new() { Version = "TLSv1.3", Cipher = "TLS_X", ServerName = "mx.a", CommonName = "c", IsVerified = true };
        byte[] header = ProxyHeaderV2.Write(IPEndPoint.Parse("192.0.2.1:1"), IPEndPoint.Parse("192.0.2.2:25"), tls);
        string tlvs = "02 0004 6D782E61" + "20 001B 07 00000000" + "21 0007 544C5376312E33" + "22 0001 63" + "23 0005 544C535F58";
        Assert.Equal(tlvs.Replace(" ", ""), Convert.ToHexString(header.AsSpan(28)));
        Assert.Equal(ProxyHeaderStatus.Ok, Parse(header, out _));
    }

    [Fact]
    public void Rule6_8_WithoutACertificateNothingCountsAsVerified()
    {
        ProxyTls tls = new() { Version = "TLSv1.2", ServerName = "evil\r\n" };
        byte[] header = ProxyHeaderV2.Write(IPEndPoint.Parse("192.0.2.1:1"), IPEndPoint.Parse("192.0.2.2:25"), tls);
        Assert.Equal("20000F0100000001210007544C5376312E32", Convert.ToHexString(header.AsSpan(28)));
    }

    [Fact]
    public void Rule6_8_NoOctetsMakeTheReaderFail() => Gen.Byte.Array[0, 120].Sample(octets =>
    {
        byte[] version2 = [.. Convert.FromHexString(Signature + "2111"), 0, (byte)octets.Length, .. octets];
        Parse(octets, out _);
        Parse([.. "PROXY TCP6 "u8, .. octets, .. "\r\n"u8], out _);
        Parse(version2, out _);
    }, iter: 2_000);
}
