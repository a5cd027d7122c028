namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using System.Text;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

[Collection("OpenSsl")]
public class HandshakeTest
{
    const string Name = "mx.example.net";
    static readonly TlsCertificate s_certificate = TestCertificates.Shared.For(Name);

    [Theory]
    [InlineData(TlsVersion.Tls12, "TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")]
    [InlineData(TlsVersion.Tls13, "TLSv1.3", "TLS_AES_128_GCM_SHA256")]
    public void BothVersionsAreSpokenAndTold(TlsVersion newest, string version, string cipher)
    {
        using TlsContext server = TestContexts.Server(newest, s_certificate), client = TestContexts.Client();
        using TlsPair pair = new TlsPair(client, server, TestContexts.Enforced(Name)).RunOk();
        HandshakeResult told = pair.ClientResult;
        Assert.True(told.Succeeded && told.IsVerified);
        Assert.Equal((version, cipher, "x25519", false), (told.Version, told.Cipher, told.Group, told.Resumed));
        HandshakeResult heard = pair.ServerResult;
        Assert.Equal((version, cipher, "x25519", Name), (heard.Version, heard.Cipher, heard.Group, heard.ServerName));
        Assert.Equal(s_certificate.ChainDer[0], told.PeerCertificate!.Value.ToArray());
        Assert.False(pair.ServerResult.IsVerified);
        Assert.Null(pair.ServerResult.PeerCertificate);
    }

    /// <summary>Who only looks may speak old TLS; our own servers do not.</summary>
    [Theory]
    [InlineData(Examination.OldVersions, false)]
    [InlineData(Examination.AnyStrength, true)]
    public void AnExaminationLooksForOldVersionsAndWeakCiphers(Examination examine, bool succeeds)
    {
        using TlsContext server = TestContexts.Server(TlsVersion.Tls13, s_certificate);
        using TlsContext client = TlsContext.ForClient(new TlsClientOptions { CaPem = TestCertificates.Shared.CaPem, Examine = examine });
        using TlsPair pair = new(client, server, TestContexts.Enforced(Name));

        pair.Run();

        Assert.Equal(succeeds, pair.ClientResult.Succeeded);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void EveryCutGivesTheSameHandshake(TlsVersion newest)
    {
        using TlsContext server = TestContexts.Server(newest, s_certificate), client = TestContexts.Client();
        foreach (int most in (int[])[1, 2, 3, 5, 7, 64, 1000])
        {
            using TlsPair pair = new(client, server, TestContexts.Enforced(Name));
            pair.ClientWire.MostAtOnce = pair.ServerWire.MostAtOnce = most;
            pair.RunOk();
            Talk(pair);
        }
    }

    // Each octet arrives alone: the handshake stops and goes on at every place there is.
    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void AHandshakeStopsAtEveryOctetAndGoesOn(TlsVersion newest)
    {
        using TlsContext server = TestContexts.Server(newest, s_certificate), client = TestContexts.Client();
        MemoryWire clientWire = new(), serverWire = new();
        using TlsConnection near = new(client, clientWire, TestContexts.Enforced(Name)), far = new(server, serverWire, null);
        int toServer = 0, toClient = 0;
        HandshakeStep nearStep = near.Handshake(), farStep = HandshakeStep.NeedsOctets;
        near.Flush();
        for (int turn = 0; nearStep is not HandshakeStep.Done || farStep is not HandshakeStep.Done; turn++)
        {
            Assert.True(turn < 20_000);
            farStep = Deliver(clientWire, ref toServer, serverWire, far, farStep);
            nearStep = Deliver(serverWire, ref toClient, clientWire, near, nearStep);
        }
        Assert.True(near.Result(TimeSpan.Zero).IsVerified);
    }

    [Fact]
    public void OctetsBehindTheHandshakeAreNotLost()
    {
        using TlsContext server = TestContexts.Server(s_certificate), client = TestContexts.Client();
        using TlsPair pair = new(client, server);
        pair.Client.Handshake();
        pair.Client.Flush();
        pair.Server.Handshake();
        pair.Server.Flush();
        Assert.Equal(HandshakeStep.Done, pair.Client.Handshake());
        pair.Client.Say("EHLO a\r\n"u8); // leaves with Finished
        Assert.Equal(HandshakeStep.Done, pair.Server.Handshake());
        Assert.True(pair.Server.HasPending);
        Assert.Equal("EHLO a\r\n"u8, pair.Server.ReadAll());
        Assert.False(pair.Server.HasPending);
    }

    [Theory]
    [InlineData("EHLO example.net\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0000\u0004xxxx")]
    public void ClearTextIsNoHandshake(string octets)
    {
        using TlsContext server = TestContexts.Server(s_certificate);
        MemoryWire wire = new();
        using TlsConnection connection = new(server, wire, null);
        wire.Feed(Encoding.Latin1.GetBytes(octets));
        Assert.Equal(HandshakeStep.Failed, connection.Handshake());
        Assert.Equal(HandshakeStep.Failed, connection.Handshake());
        HandshakeResult result = connection.Result(TimeSpan.FromSeconds(1));
        Assert.Equal(HandshakeOutcome.Protocol, result.Outcome);
        Assert.NotEmpty(result.Detail);
        Assert.Equal("", result.Version);
        Assert.True(connection.ReceivedOctets);
        Assert.True(ErrorQueue.IsEmpty);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void APeerThatLeavesInTheMiddleHasClosed(bool reset)
    {
        using TlsContext server = TestContexts.Server(s_certificate), client = TestContexts.Client();
        using TlsPair pair = new(client, server);
        Assert.Equal(HandshakeStep.NeedsOctets, pair.Client.Handshake());
        pair.Client.Flush();
        Assert.False(pair.Client.ReceivedOctets);
        Assert.Equal(HandshakeStep.NeedsOctets, pair.Server.Handshake());
        pair.ClientWire.Close(reset);
        Assert.Equal(HandshakeStep.Failed, pair.Server.Handshake());
        Assert.Equal(HandshakeOutcome.Closed, pair.ServerResult.Outcome);
        Assert.True(ErrorQueue.IsEmpty);
    }

    [Fact]
    public void AnAbandonedHandshakeSaysWhy()
    {
        using TlsContext client = TestContexts.Client();
        using TlsConnection connection = new(client, new MemoryWire(), new TlsTarget());
        connection.Handshake();
        HandshakeResult result = connection.Abandoned(HandshakeOutcome.Timeout, TimeSpan.FromSeconds(30));
        Assert.Equal((HandshakeOutcome.Timeout, TimeSpan.FromSeconds(30)), (result.Outcome, result.Duration));
    }

    [Fact] // rule 3.7
    public void NoCommonVersionIsAProtocolFailureOnBothSides()
    {
        using TlsContext server = TlsContext.ForServer(new TlsServerOptions { Certificates = [s_certificate], Policy = new() { MinVersion = TlsVersion.Tls13 } });
        using TlsContext client = TestContexts.Client(TlsVersion.Tls12);
        using TlsPair pair = new TlsPair(client, server).Run();
        Assert.Equal((HandshakeOutcome.Protocol, HandshakeOutcome.Protocol), (pair.ClientResult.Outcome, pair.ServerResult.Outcome));
        Assert.Contains("protocol", pair.ServerResult.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void AWireThatThrowsThrowsThroughOpenSsl()
    {
        using TlsContext server = TestContexts.Server(s_certificate);
        using TlsConnection connection = new(server, new ThrowingWire(), null);
        Assert.Equal("thrown below", Assert.Throws<InvalidOperationException>(() => connection.Handshake()).Message);
        Assert.Equal(HandshakeStep.Failed, connection.Handshake());
        Assert.True(ErrorQueue.IsEmpty);
    }

    static HandshakeStep Deliver(MemoryWire from, ref int at, MemoryWire to, TlsConnection connection, HandshakeStep step)
    {
        if (at == from.Taken.Length)
            return step;
        to.Feed(from.Taken.AsSpan(at++, 1));
        HandshakeStep next = step is HandshakeStep.Done ? step : connection.Handshake();
        connection.Flush();
        return next;
    }

    static void Talk(TlsPair pair)
    {
        byte[] content = new byte[100_000];
        new Random(1).NextBytes(content);
        pair.Client.Say(content);
        Assert.Equal(content, pair.Server.ReadAll());
        pair.Server.Say("250 OK\r\n"u8);
        Assert.Equal("250 OK\r\n"u8, pair.Client.ReadAll());
    }

    sealed class ThrowingWire : Wire
    {
        public override bool IsReadable => true;

        public override bool IsWritable => true;

        public override int Receive(Span<byte> into) => throw new InvalidOperationException("thrown below");

        public override int Send(ReadOnlySpan<byte> octets) => octets.Length;

        public override int Peek(Span<byte> into) => WouldBlock;

        public override void ShutdownSend()
        {
        }

        public override void Close(bool reset)
        {
        }
    }
}
