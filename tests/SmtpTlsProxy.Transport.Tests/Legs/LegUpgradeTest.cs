using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.OpenSsl;
using static SmtpTlsProxy.Transport.Tests.Legs.LegPair;

namespace SmtpTlsProxy.Transport.Tests.Legs;

public sealed class LegUpgradeTest : IDisposable
{
    readonly LegPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void OctetsGoThroughTlsBothWays()
    {
        _pair.Upgrade();
        Say(_pair.Client, "EHLO a\r\n");
        Assert.Equal("EHLO a\r\n", Hear(_pair.Server));
        Say(_pair.Server, "250 ok\r\n");
        Assert.Equal("250 ok\r\n", Hear(_pair.Client));
        Assert.Equal("TLSv1.3", _pair.Server.Tls!.Version);
        Assert.DoesNotContain("EHLO", System.Text.Encoding.Latin1.GetString(_pair.ClientMemory.Taken));
    }

    [Theory, InlineData(TlsVersion.Tls12), InlineData(TlsVersion.Tls13)]
    public void AHandshakeMayComeOctetByOctet(TlsVersion newest)
    {
        _pair.ClientMemory.MostAtOnce = _pair.ServerMemory.MostAtOnce = 1;
        _pair.Upgrade(newest);
        Say(_pair.Client, "EHLO a\r\n");
        Assert.Equal("EHLO a\r\n", Hear(_pair.Server));
    }

    [Fact]
    public void WhatWasSaidInClearLeavesBeforeTheHandshake()
    {
        _pair.Server.Write("220 go on\r\n"u8);
        Task<HandshakeResult> server = _pair.UpgradeServer();
        Assert.Equal("220 go on\r\n", Hear(_pair.Client));
        Task<HandshakeResult> client = _pair.UpgradeClient();
        Assert.True(Done(server).Succeeded && Done(client).Succeeded);
    }

    [Fact]
    public void ASlowPeerHearsTheClearWordsToTheirEndFirst()
    {
        _pair.ServerMemory.Window = 4;
        _pair.Server.Write("220 go on\r\n"u8);
        Task<HandshakeResult> server = _pair.UpgradeServer();
        _pair.ServerMemory.Feed([0x16]);
        _pair.Loop.RunUntilIdle();
        Assert.Equal("220 ", Hear(_pair.Client));
        Assert.Equal(0, _pair.Loop.Counts.TlsObjects);
        _pair.ServerMemory.Window = long.MaxValue;
        _pair.Loop.RunUntilIdle();
        Assert.Equal("go on\r\n", Hear(_pair.Client));
        Assert.Equal(1, _pair.Loop.Counts.TlsObjects);
        Assert.False(server.IsCompleted);
    }

    [Fact]
    public void APlaintextRestAtTheHandOffThrows_Rule3_3()
    {
        _pair.ServerMemory.Feed("STARTTLS\r\nMAIL FROM:<x>\r\n"u8);
        Assert.Equal(ReadStatus.Data, _pair.Server.TryRead(out _));
        _pair.Server.Consume(10);
        Task<HandshakeResult> server = _pair.UpgradeServer();
        Assert.Throws<InvalidOperationException>(() => Done(server));
    }

    [Fact]
    public void WhatComesBehindTheWordsGoesToTheHandshake_Rule3_3()
    {
        _pair.ServerMemory.Feed("MAIL FROM:<x>\r\n"u8);
        Assert.False(_pair.Server.InputIsEmpty());
        Assert.Equal(HandshakeOutcome.Protocol, Done(_pair.UpgradeServer()).Outcome);
        Assert.Equal(ReadStatus.Lost, _pair.Server.TryRead(out _));
    }

    [Fact]
    public void ASilentClientCostsNoTlsObjectAndIsTimedOut()
    {
        Task<HandshakeResult> server = _pair.UpgradeServer();
        Assert.Equal(0, _pair.Loop.Counts.TlsObjects);
        _pair.Advance(Limit - TimeSpan.FromSeconds(1));
        Assert.False(server.IsCompleted);
        _pair.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HandshakeOutcome.Timeout, Done(server).Outcome);
        Assert.InRange(Done(server).Duration, Limit, Limit + TimeSpan.FromSeconds(1));
        Assert.Empty(_pair.ServerMemory.Taken);
    }

    [Fact]
    public void ATimeLimitRunsForTheWholeHandshake()
    {
        Task<HandshakeResult> server = _pair.UpgradeServer();
        _pair.ServerMemory.Feed([0x16, 0x03, 0x01]);
        for (int second = 0; second < 31; second++)
        {
            _pair.Advance(TimeSpan.FromSeconds(1));
            if (second < 29)
                _pair.ServerMemory.Feed([second == 0 ? (byte)1 : (byte)0]);
        }

        Assert.Equal(HandshakeOutcome.Timeout, Done(server).Outcome);
        Assert.Equal(0, _pair.Loop.Counts.TlsObjects);
    }

    [Fact]
    public void NothingIsSaidInClearBehindAFailedHandshake_Rule3_5()
    {
        Task<HandshakeResult> server = _pair.UpgradeServer();
        _pair.ServerMemory.Feed("EHLO a\r\n"u8);
        _pair.Loop.RunUntilIdle();
        HandshakeResult result = Done(server);
        Assert.Equal(HandshakeOutcome.Protocol, result.Outcome);
        Assert.NotEqual("", result.Detail);
        Say(_pair.Server, "421 4.3.2 never\r\n");
        Assert.Null(_pair.Server.Tls);
        Assert.Equal(0, _pair.Server.Unsent);
        Assert.Empty(_pair.ServerMemory.Taken);
        Assert.True(Done(_pair.Start(() => _pair.Server.CloseAsync(TimeSpan.Zero))));
        Assert.True(_pair.ServerWire.IsShut);
    }

    [Fact]
    public void AnUntrustedServerEndsTheClientsLeg()
    {
        Task<HandshakeResult> server = _pair.UpgradeServer();
        Task<HandshakeResult> client = _pair.Start(async () =>
        {
            using TlsContext context = TlsContext.ForClient(new TlsClientOptions { CaPem = new TestCertificates("Other").CaPem });
            return await _pair.Client.UpgradeAsync(context, new TlsTarget { VerifyName = "mail.test", Enforce = true }, Limit);
        });
        Assert.Equal(HandshakeOutcome.Untrusted, Done(client).Outcome);
        Assert.Equal(HandshakeOutcome.Protocol, Done(server).Outcome);
        Assert.Contains("alert", Done(server).Detail);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void APeerThatLeavesAtAnyOctetIsClosed(bool reset)
    {
        byte[] hello = ClientHello();
        for (int length = 0; length < hello.Length; length += 37)
        {
            using LegPair pair = new();
            Task<HandshakeResult> server = pair.UpgradeServer();
            pair.ServerMemory.Feed(hello.AsSpan(0, length));
            pair.Loop.RunUntilIdle();
            Assert.False(server.IsCompleted);
            if (reset)
                pair.ServerMemory.Reset();
            else
                pair.ServerMemory.End();
            pair.Loop.RunUntilIdle();
            Assert.Equal(HandshakeOutcome.Closed, Done(server).Outcome);
        }
    }

    [Fact]
    public void ALegAbortedMeanwhileIsAResultToo()
    {
        Task<HandshakeResult> server = _pair.UpgradeServer();
        _pair.ServerMemory.Feed([0x16]);
        _pair.Loop.RunUntilIdle();
        Assert.Equal(1, _pair.Loop.Counts.TlsObjects);
        _pair.Server.Abort();
        _pair.Loop.RunUntilIdle();
        Assert.Equal(HandshakeOutcome.Closed, Done(server).Outcome);
        Assert.Equal(0, _pair.Loop.Counts.TlsObjects);
    }

    [Fact]
    public void AnAbortedSessionEndsItsHandshake()
    {
        Task<HandshakeResult> server = _pair.UpgradeServer();
        _pair.Loop.AbortAll();
        _pair.Loop.RunUntilIdle();
        Assert.Equal(HandshakeOutcome.Closed, Done(server).Outcome);
    }

    [Fact]
    public void ADrainDoesNotDisturbAHandshake_Rule3_3()
    {
        Task<HandshakeResult> server = _pair.UpgradeServer();
        _pair.Loop.DrainAll();
        _pair.Loop.RunUntilIdle();
        Assert.False(server.IsCompleted);
        Assert.True(Done(_pair.UpgradeClient()).Succeeded);
        Assert.True(Done(server).Succeeded);
        Assert.True(_pair.Server.Waiter.IsDraining);
    }

    [Fact]
    public void TheLastFlightOfTls13LeavesWithTheNextFlush()
    {
        _pair.Upgrade();
        Assert.Single(_pair.ServerWire.Sends);
        Assert.True(_pair.Server.Unsent > 0);
        Say(_pair.Server, "220 mail.test\r\n");
        Assert.Equal(2, _pair.ServerWire.Sends.Count);
        Assert.Equal("220 mail.test\r\n", Hear(_pair.Client));
    }

    [Fact]
    public void TheLastFlightOfTls12LeavesAtOnce()
    {
        _pair.Upgrade(TlsVersion.Tls12);
        Assert.Equal(2, _pair.ServerWire.Sends.Count);
        Assert.Equal(0, _pair.Server.Unsent);
    }

    [Fact]
    public void ASecondUpgradeThrows()
    {
        _pair.Upgrade();
        Assert.Throws<InvalidOperationException>(() => Done(_pair.UpgradeServer()));
    }

    byte[] ClientHello()
    {
        using LegPair pair = new();
        pair.UpgradeClient();
        return pair.ClientMemory.Taken;
    }
}
