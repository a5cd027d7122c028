namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;

/// <summary>Alone on the machine: it counts what lives.</summary>
[Collection("OpenSslAlone")]
public class LifetimeTest : IDisposable
{
    readonly long _connections = Live.TlsObjects;
    readonly int _contexts = TlsObjects.Contexts;
    readonly int _sessions = TlsObjects.Sessions;

    public void Dispose()
    {
        Assert.Equal((_connections, _contexts, _sessions), (Live.TlsObjects, TlsObjects.Contexts, TlsObjects.Sessions));
        Assert.True(ErrorQueue.IsEmpty);
    }

    [Fact]
    public void AReloadDisposesContextsUnderLiveConnections()
    {
        TlsCertificate first = TestCertificates.Shared.For("first.example.net"), named = TestCertificates.Shared.For("mx.example.net");
        TlsContext server = TestContexts.Server(first, named), client = TestContexts.Client();
        using TlsPair standing = new TlsPair(client, server).RunOk();
        using TlsPair begun = new(client, server, TestContexts.Enforced("mx.example.net"));
        begun.Client.Handshake();
        server.Dispose();
        client.Dispose();
        Assert.True(begun.RunOk().ClientResult.IsVerified); // by name: the second context is there still
        standing.Client.Say("NOOP\r\n"u8);
        Assert.Equal("NOOP\r\n"u8, standing.Server.ReadAll());
    }

    [Fact]
    public void WhatIsDisposedTwiceIsFreedOnce()
    {
        TlsContext server = TestContexts.Server(TestCertificates.Shared.For("mx.example.net"));
        TlsConnection connection = new(server, new MemoryWire(), null);
        connection.Dispose();
        connection.Dispose();
        server.Dispose();
        server.Dispose();
        Assert.Throws<ObjectDisposedException>(() => new TlsConnection(server, new MemoryWire(), null));
    }

    [Fact]
    public void AContextThatCannotBeMadeLeavesNothing()
    {
        TlsCertificate one = TestCertificates.Shared.For("mx.example.net"), other = TestCertificates.Shared.For("other.example.net");
        TlsCertificate mixed = new("mixed", other.ChainDer, one.KeyPkcs8Der);
        TlsException refused = Assert.Throws<TlsException>(() => TestContexts.Server(one, mixed));
        Assert.Contains("mixed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryKindOfEndFreesTheSame()
    {
        using TlsContext server = TestContexts.Server(TestCertificates.Shared.For("mx.example.net")), client = TestContexts.Client();
        new TlsPair(client, server).Dispose();
        using (TlsPair failed = new TlsPair(client, server, TestContexts.Enforced("other.example.net")).Run())
            Assert.Equal(HandshakeOutcome.Name, failed.ClientResult.Outcome);
        using TlsPair unsent = new TlsPair(client, server).RunOk();
        unsent.ClientWire.Window = 0;
        unsent.Client.Say(new byte[50_000]);
    }
}

[CollectionDefinition("OpenSslAlone", DisableParallelization = true)]
public class OpenSslAlone;
