using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

/// <summary>Revocation lists over HTTP on loopback: what is answered, what is kept, what soft and hard make of silence.</summary>
public sealed class RevocationCheckTest : IDisposable
{
    static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;

    readonly FakeTimeProvider _time = new(s_now);
    readonly string _caFile = Path.GetTempFileName();
    readonly HttpListener _http = new();
    readonly string _address;
    readonly X509Certificate2 _root;
    readonly CertificateRevocationListBuilder _revoked = new();
    int _asked;

    public RevocationCheckTest()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN=Revoking {Guid.NewGuid():n}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(s_now.AddDays(-2), s_now.AddDays(2));
        File.WriteAllText(_caFile, _root.ExportCertificatePem());
        _address = $"http://127.0.0.1:{FreePort()}/";
        _http.Prefixes.Add(_address);
        _http.Start();
        _ = ServeAsync();
    }

    public void Dispose()
    {
        _http.Close();
        _root.Dispose();
        File.Delete(_caFile);
    }

    [Theory]
    [InlineData("good", RevocationStatus.Good)]
    [InlineData("revoked", RevocationStatus.Revoked)]
    [InlineData("nobody to ask", RevocationStatus.Unknown)]
    [InlineData("nobody answers", RevocationStatus.Unknown)]
    public async Task WhatTheAuthoritySaysIsAnswered(string leaf, object status) => Assert.Equal(status, await Check(Revocation.Soft).AskAsync(Handshake(leaf), TestContext.Current.CancellationToken));

    [Fact]
    public async Task AnAnswerIsKeptForItsLeafAndAskedForOnceByMany()
    {
        RevocationCheck check = Check(Revocation.Soft);
        HandshakeResult good = Handshake("good"), silent = Handshake("nobody answers");
        Assert.False(check.TryKnown(good, out _));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => check.AskAsync(good, TestContext.Current.CancellationToken)));
        Assert.Equal(1, _asked);
        Assert.True(check.TryKnown(good, out RevocationStatus status) && status is RevocationStatus.Good);
        _time.Advance(RevocationCheck.Holds);
        Assert.False(check.TryKnown(good, out _));
        await check.AskAsync(silent, TestContext.Current.CancellationToken);
        Assert.True(check.TryKnown(silent, out _));
        _time.Advance(RevocationCheck.SilenceHolds);
        Assert.False(check.TryKnown(silent, out _));
    }

    [Fact]
    public async Task WhoeverGivesUpWaitingLeavesTheQuestionToOthers()
    {
        RevocationCheck check = Check(Revocation.Soft);
        HandshakeResult good = Handshake("good");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check.AskAsync(good, new CancellationToken(canceled: true)));
        Assert.Equal(RevocationStatus.Good, await check.AskAsync(good, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("Soft", "Good", true, "ok", "chain, name and time are right, it was not revoked")]
    [InlineData("Soft", "Unknown", true, "ok", "chain, name and time are right, nobody says whether it was revoked")]
    [InlineData("Hard", "Unknown", true, "untrusted", "nobody says whether it was revoked")]
    [InlineData("Hard", "Good", true, "ok", "chain, name and time are right, it was not revoked")]
    [InlineData("Soft", "Revoked", true, "revoked", "the certificate, or one of its chain, was revoked")]
    [InlineData("Hard", "Revoked", true, "revoked", "the certificate, or one of its chain, was revoked")]
    [InlineData("Hard", "Revoked", false, "revoked", "the certificate, or one of its chain, was revoked")]
    public void SoftGoesOnWhereNobodyAnswersAndHardDoesNot(string mode, string status, bool enforced, string result, string reason)
    {
        HandshakeResult applied = Check(Enum.Parse<Revocation>(mode)).Apply(Handshake("good"), Enum.Parse<RevocationStatus>(status), enforced);
        HandshakeOutcome word = Enum.Parse<HandshakeOutcome>(result, ignoreCase: true);
        Assert.Equal((word, reason, word is HandshakeOutcome.Ok), (applied.Verdict!.Result, applied.Verdict.Reason, applied.IsVerified));
        Assert.Equal(enforced ? word : HandshakeOutcome.Ok, applied.Outcome);
    }

    RevocationCheck Check(Revocation mode) => new(new VerifyConfiguration(VerifyMode.Pkix, CaFile: _caFile, Revocation: mode), _time);

    HandshakeResult Handshake(string leaf) => new()
    {
        Outcome = HandshakeOutcome.Ok,
        IsVerified = true,
        Verdict = new Verdict(HandshakeOutcome.Ok, "pkix", "chain, name and time are right"),
        PeerChain = [Issue(leaf), _root.RawData],
    };

    byte[] Issue(string leaf)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=leaf", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, true, false));
        if (leaf is not "nobody to ask")
            request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([leaf is "nobody answers" ? $"http://127.0.0.1:{FreePort()}/crl" : $"{_address}{Guid.NewGuid():n}"]));
        byte[] serial = [1, .. RandomNumberGenerator.GetBytes(8)];
        if (leaf is "revoked")
            _revoked.AddEntry(serial, s_now.AddHours(-1));
        using X509Certificate2 issued = request.Create(_root, s_now.AddDays(-1), s_now.AddDays(1), serial);
        return issued.RawData;
    }

    async Task ServeAsync()
    {
        while (_http.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _http.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            Interlocked.Increment(ref _asked);
            byte[] list = _revoked.Build(_root, 1, s_now.AddDays(1), HashAlgorithmName.SHA256, thisUpdate: s_now.AddHours(-1));
            await context.Response.OutputStream.WriteAsync(list);
            context.Response.Close();
        }
    }

    static int FreePort()
    {
        using System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
