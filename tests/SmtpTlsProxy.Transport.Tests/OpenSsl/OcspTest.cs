namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using System.Runtime.InteropServices;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

[Collection("OpenSsl")]
public unsafe class OcspTest
{
    static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();
    static readonly TlsCertificate s_one = New("mx.example.net"), s_other = New("mx.example.net");
    static readonly TestOcsp s_good = new() { From = s_now.AddHours(-1), Until = s_now.AddDays(4) };

    public static TheoryData<TlsVersion> Versions => [TlsVersion.Tls12, TlsVersion.Tls13];

    [Fact]
    public void AGoodAnswerIsGood()
    {
        OcspAnswer answer = Check(TestCertificates.Shared.OcspAnswer(s_one, s_good));
        Assert.Equal((OcspStatus.Good, ""), (answer.Status, answer.Detail));
        Assert.InRange(answer.NextUpdate!.Value.TotalDays, 3.9, 4.1);
    }

    [Fact]
    public void ARevokedOneIsRevoked() => Assert.Equal(OcspStatus.Revoked, Check(TestCertificates.Shared.OcspAnswer(s_one, s_good with { IsRevoked = true })).Status);

    [Fact]
    public void WhatIsOfNoUseSaysWhy()
    {
        Assert.Contains("no OCSP response", Check("nothing"u8.ToArray()).Detail, StringComparison.Ordinal);
        Assert.Contains("status 3", Check([0x30, 3, 0x0A, 1, 3]).Detail, StringComparison.Ordinal);
        Assert.Contains("another certificate", Check(TestCertificates.Shared.OcspAnswer(s_other, s_good)).Detail, StringComparison.Ordinal);
        Assert.Contains("time is over", Check(TestCertificates.Shared.OcspAnswer(s_one, s_good with { From = s_now.AddDays(-9), Until = s_now.AddDays(-1) })).Detail, StringComparison.Ordinal);
        Assert.Contains("signature", Check(new TestCertificates("Stranger").OcspAnswer(s_one, s_good)).Detail, StringComparison.Ordinal);
        byte[] changed = TestCertificates.Shared.OcspAnswer(s_one, s_good);
        changed[^1] ^= 1;
        Assert.Contains("signature", Check(changed).Detail, StringComparison.Ordinal);
        Assert.True(ErrorQueue.IsEmpty);
    }

    [Fact]
    public void ARequestNamesTheCertificate() => Assert.NotEqual(Ocsp.Request(s_one.ChainDer[0], s_one.ChainDer[1]), Ocsp.Request(s_other.ChainDer[0], s_other.ChainDer[1]));

    [Theory]
    [MemberData(nameof(Versions))]
    public void WhoAsksIsShownTheAnswerOfTheCertificateThatWasChosen(TlsVersion newest)
    {
        TlsCertificate first = New("first.example.net"), named = New("mx.example.net");
        using TlsContext server = TestContexts.Server(newest, first, named), client = TestContexts.Client();
        Assert.Null(Shown(client, server, "mx.example.net"));
        first.Staple.Show([1, 2, 3], s_now.AddDays(1), TimeProvider.System);
        named.Staple.Show([4, 5, 6, 7], s_now.AddDays(1), TimeProvider.System);
        Assert.Equal([4, 5, 6, 7], Shown(client, server, "mx.example.net"));
        Assert.Equal([1, 2, 3], Shown(client, server, null));
        named.Staple.Show([8], s_now.AddSeconds(-1), TimeProvider.System);
        Assert.Null(Shown(client, server, "mx.example.net"));          // stale
    }

    static byte[]? Shown(TlsContext client, TlsContext server, string? name)
    {
        using TlsPair pair = new(client, server, new TlsTarget { ServerName = name, Destination = $"{s_asked++}" });
        LibSsl.SSL_ctrl(pair.Client.Ssl, SslConstants.SSL_CTRL_SET_TLSEXT_STATUS_REQ_TYPE, 1, null);
        pair.RunOk();
        byte* start = null;
        nint length = LibSsl.SSL_ctrl(pair.Client.Ssl, SslConstants.SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP, 0, &start);
        if (length <= 0)
            return null;
        byte[] shown = new byte[length];
        Marshal.Copy((nint)start, shown, 0, shown.Length);
        return shown;
    }

    // A resumption shows no certificate, and no answer.
    static int s_asked;

    static OcspAnswer Check(byte[] response) => Ocsp.Check(response, s_one.ChainDer[0], s_one.ChainDer[1]);

    static TlsCertificate New(string name) => TestCertificates.Shared.Make(new TestLeaf { Names = [name], BelowIntermediate = true });
}
