using System.Net;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

public sealed class OcspStaplerTest : IDisposable
{
    readonly TlsCertificate _certificate = TestCertificates.Shared.Make(new TestLeaf { Names = ["mx.test"], BelowIntermediate = true, Responder = "http://ocsp.test/" });
    readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());   // OpenSSL goes by the machine's clock
    readonly Responder _responder = new();
    readonly List<(OcspResult Result, string Words)> _told = [];
    readonly SemaphoreSlim _once = new(0);
    readonly OcspStapler _stapler;

    public OcspStaplerTest() => _stapler = new OcspStapler(new HttpMessageInvoker(_responder), _time, (name, result, words) =>
    {
        Assert.Equal("mx.test", name);
        _told.Add((result, words));
        _once.Release();
    });

    [Fact]
    public async Task AnAnswerIsShownAndRenewedWhenHalfItsTimeIsOver()
    {
        byte[] first = _responder.Answer = Answer(hours: 8), second = Answer(hours: 9);
        Begin();
        await ToldAsync();
        Assert.Equal(OcspResult.Ok, _told[0].Result);
        Assert.Equal(first, _certificate.Staple.Response);
        Assert.Equal(("POST", "application/ocsp-request"), (_responder.Method, _responder.ContentType));
        _responder.Answer = second;
        await PassAsync(TimeSpan.FromHours(4.1));
        Assert.Equal(second, _certificate.Staple.Response);
    }

    [Fact]
    public async Task AnAnswerThatIsNotRenewedIsShownAsLongAsItHolds()
    {
        _responder.Answer = Answer(hours: 2);
        Begin();
        await ToldAsync();
        _responder.Answer = null;
        await PassAsync(TimeSpan.FromHours(1.1));
        Assert.Equal(OcspResult.Failed, _told[^1].Result);
        Assert.NotNull(_certificate.Staple.Response);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(_certificate.Staple.Response);
    }

    [Fact]
    public async Task WhatIsOfNoUseIsNotShownAndAskedForAgain()
    {
        _responder.Answer = new TestCertificates("Stranger").OcspAnswer(_certificate, Ocsp(8));
        Begin();
        await ToldAsync();
        Assert.Equal(OcspResult.Failed, _told[0].Result);
        Assert.Contains("signature", _told[0].Words, StringComparison.Ordinal);
        Assert.Null(_certificate.Staple.Response);
        _responder.Answer = TestCertificates.Shared.OcspAnswer(_certificate, Ocsp(8) with { IsRevoked = true });
        await PassAsync(TimeSpan.FromMinutes(1.1));
        Assert.Equal(OcspResult.Revoked, _told[^1].Result);
        Assert.Null(_certificate.Staple.Response);
        _responder.Answer = Answer(8);
        await PassAsync(TimeSpan.FromMinutes(2.1));
        Assert.NotNull(_certificate.Staple.Response);
    }

    [Fact]
    public async Task WhatWasGoodIsNotShownOnceItIsRevoked()
    {
        _responder.Answer = Answer(hours: 2);
        Begin();
        await ToldAsync();
        Assert.NotNull(_certificate.Staple.Response);
        _responder.Answer = TestCertificates.Shared.OcspAnswer(_certificate, Ocsp(2) with { IsRevoked = true });
        await PassAsync(TimeSpan.FromHours(1.1));
        Assert.Equal(OcspResult.Revoked, _told[^1].Result);
        Assert.Null(_certificate.Staple.Response);
    }

    [Fact]
    public async Task AnAnswerWithoutEndIsNotReadToTheEnd()
    {
        _responder.Answer = new byte[100_000];
        Begin();
        await ToldAsync();
        Assert.Contains("longer than", _told[0].Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReloadKeepsWhatStays()
    {
        _responder.Answer = Answer(8);
        Begin();
        await ToldAsync();
        Begin();
        Assert.Equal(1, _responder.Asked);
        _stapler.Become([], []);
        Assert.NotNull(_certificate.Staple.Response);                  // sessions of before may show it yet
    }

    [Fact]
    public async Task WithoutResponderOrIssuerItIsSaid()
    {
        TlsCertificate bare = TestCertificates.Shared.Make(new TestLeaf { Names = ["mx.test"], BelowIntermediate = true });
        _stapler.Become([Configured], [bare]);
        await ToldAsync();
        Assert.Contains("no OCSP responder", _told[0].Words, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _stapler.Dispose();
        _responder.Dispose();
        _once.Dispose();
    }

    static CertificateConfiguration Configured => new("mx.test", "", "", null) { Ocsp = Configuration.Ocsp.Staple };

    void Begin() => _stapler.Become([Configured], [_certificate]);

    byte[] Answer(int hours) => TestCertificates.Shared.OcspAnswer(_certificate, Ocsp(hours));

    static TestOcsp Ocsp(int hours) => new() { From = TimeProvider.System.GetUtcNow().AddMinutes(-1), Until = TimeProvider.System.GetUtcNow().AddHours(hours) };

    async Task ToldAsync() => Assert.True(await _once.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));

    // The stapler's wait begins a moment after it has told.
    async Task PassAsync(TimeSpan span)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        _time.Advance(span);
        await ToldAsync();
    }

    sealed class Responder : HttpMessageHandler
    {
        public byte[]? Answer { get; set; }
        public string? Method { get; private set; }
        public string? ContentType { get; private set; }
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            (Method, ContentType) = (request.Method.Method, request.Content!.Headers.ContentType!.MediaType);
            return Task.FromResult(new HttpResponseMessage(Answer is null ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK) { Content = new ByteArrayContent(Answer ?? []) });
        }
    }
}
