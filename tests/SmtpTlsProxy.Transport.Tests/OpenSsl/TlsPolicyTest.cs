namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

/// <summary>Rule 3.7: what is agreed on, and what is not, under each profile.</summary>
[Collection("OpenSsl")]
public class TlsPolicyTest
{
    const string Name = "mx.example.net";
    static readonly TlsCertificate[] s_both = [TestCertificates.Shared.For(Name), TestCertificates.Shared.Make(new TestLeaf { Names = [Name], IsRsa = true })];

    public static TheoryData<TlsVersion, TlsProfile, bool> Versions => new()
    {
        { TlsVersion.Tls10, TlsProfile.Modern, false }, { TlsVersion.Tls10, TlsProfile.Intermediate, false }, { TlsVersion.Tls10, TlsProfile.Legacy, true },
        { TlsVersion.Tls11, TlsProfile.Modern, false }, { TlsVersion.Tls11, TlsProfile.Intermediate, false }, { TlsVersion.Tls11, TlsProfile.Legacy, true },
        { TlsVersion.Tls12, TlsProfile.Modern, false }, { TlsVersion.Tls12, TlsProfile.Intermediate, true }, { TlsVersion.Tls12, TlsProfile.Legacy, true },
        { TlsVersion.Tls13, TlsProfile.Modern, true }, { TlsVersion.Tls13, TlsProfile.Intermediate, true }, { TlsVersion.Tls13, TlsProfile.Legacy, true },
    };

    [Theory]
    [MemberData(nameof(Versions))]
    public void Rule3_7_AClientOfOneVersionIsServedWhereTheProfileSpeaksIt(TlsVersion version, TlsProfile profile, bool isServed)
    {
        using TlsContext server = Server(new TlsPolicy { Profile = profile }), client = Only(version);
        HandshakeResult heard = Connect(client, server);
        Assert.Equal(isServed ? HandshakeOutcome.Ok : HandshakeOutcome.Protocol, heard.Outcome);
        Assert.Equal(isServed ? WordOf(version) : "", heard.Version);
        if (isServed)
            Assert.Equal("x25519", version is TlsVersion.Tls13 or TlsVersion.Tls12 ? heard.Group : "x25519");
    }

    [Fact]
    public void Rule3_7_AModernListenerBesideALegacyOneStillRefusesTls11()
    {
        using TlsContext legacy = Server(new TlsPolicy { Profile = TlsProfile.Legacy }), modern = Server(new TlsPolicy { Profile = TlsProfile.Modern });
        using TlsContext client = Only(TlsVersion.Tls11);
        for (int again = 0; again < 2; again++)
        {
            Assert.Equal("TLSv1.1", Connect(client, legacy).Version);
            Assert.Equal(HandshakeOutcome.Protocol, Connect(client, modern).Outcome);
        }
    }

    [Fact]
    public void ANewerVersionIsTakenWhereBothKnowIt()
    {
        using TlsContext server = Server(new TlsPolicy { Profile = TlsProfile.Legacy }), client = Client(new TlsPolicy { Profile = TlsProfile.Legacy });
        Assert.Equal("TLSv1.3", Connect(client, server).Version);
    }

    public static TheoryData<string, bool, bool> Suites12
    {
        get
        {
            TheoryData<string, bool, bool> all = [];
            foreach (CipherSuite suite in CipherSuites.All.Where(suite => !suite.IsTls13))
            {
                // A server of ours has no DHE: its parameters cost arithmetic that a stranger may ask for.
                bool isElliptic = suite.IanaName.StartsWith("TLS_ECDHE_", StringComparison.Ordinal);
                all.Add(suite.IanaName, isElliptic, isElliptic || !suite.HasForwardSecrecy);
            }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Suites12))]
    public void ASuiteOfTls12IsTakenWhereTheProfileHasIt(string suite, bool byIntermediate, bool byLegacy)
    {
        using TlsContext client = Client(new TlsPolicy { Profile = TlsProfile.Legacy, MaxVersion = TlsVersion.Tls12, MinVersion = TlsVersion.Tls12, CipherSuites = [suite] });
        foreach ((TlsProfile profile, bool isTaken) in ((TlsProfile, bool)[])[(TlsProfile.Modern, false), (TlsProfile.Intermediate, byIntermediate), (TlsProfile.Legacy, byLegacy)])
        {
            using TlsContext server = Server(new TlsPolicy { Profile = profile });
            HandshakeResult heard = Connect(client, server);
            Assert.Equal((isTaken ? HandshakeOutcome.Ok : HandshakeOutcome.Protocol, isTaken ? suite : ""), (heard.Outcome, heard.Cipher));
        }
    }

    [Theory]
    [InlineData("TLS_AES_256_GCM_SHA384")]
    [InlineData("TLS_AES_128_GCM_SHA256")]
    [InlineData("TLS_CHACHA20_POLY1305_SHA256")]
    public void EachSuiteOfTls13IsTakenByEachProfile(string suite)
    {
        using TlsContext client = Client(new TlsPolicy { Profile = TlsProfile.Modern, CipherSuites = [suite] });
        foreach (TlsProfile profile in Enum.GetValues<TlsProfile>())
        {
            using TlsContext server = Server(new TlsPolicy { Profile = profile });
            Assert.Equal(suite, Connect(client, server).Cipher);
        }
    }

    [Theory]
    [InlineData("X25519", true)]
    [InlineData("P-256", true)]
    [InlineData("P-384", true)]
    [InlineData("P-521", true)]
    [InlineData("X448", false)]
    [InlineData("ffdhe2048", false)]
    public void AGroupIsTakenWhereItIsStandard(string group, bool isStandard)
    {
        foreach (TlsVersion version in (TlsVersion[])[TlsVersion.Tls12, TlsVersion.Tls13])
        {
            if (version is TlsVersion.Tls12 && group.StartsWith("ffdhe", StringComparison.Ordinal))
                continue;                                             // OpenSSL has it for 1.3 alone
            TlsPolicy only = new() { MinVersion = version, MaxVersion = version, Groups = [group] };
            using TlsContext client = Client(only), server = Server(TlsPolicy.Default), willing = Server(only);
            Assert.Equal(isStandard ? HandshakeOutcome.Ok : HandshakeOutcome.Protocol, Connect(client, server).Outcome);
            Assert.Equal(TlsGroups.Find(Connect(client, willing).Group) ?? Connect(client, willing).Group, TlsGroups.Find(group));
        }
    }

    [Fact]
    public void TheHybridGroupComesFirstWhereThereIsOne()
    {
        bool isThere = TlsGroups.IsAvailable("X25519MLKEM768");
        Assert.Equal(isThere, OpenSslLibrary.MarksKeyShares);         // or a provider brings it: then the list has it too
        using TlsContext client = Client(TlsPolicy.Default), server = Server(TlsPolicy.Default);
        Assert.Equal(isThere ? "X25519MLKEM768" : "x25519", Connect(client, server).Group);
    }

    [Fact]
    public void AGroupThatOpenSslLacksIsLeftOut()
    {
        Assert.False(TlsGroups.IsAvailable("P-255"));
        Assert.Equal("P-384", TlsGroups.ListOf(["P-255", "secp384r1"]));
        Assert.True(ErrorQueue.IsEmpty);
    }

    [Fact]
    public void TheServersOrderCounts()
    {
        using TlsContext client = Client(TlsPolicy.Default);
        using TlsContext first = Server(new TlsPolicy { CipherSuites = ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"], Groups = ["P-384", "X25519"] });
        HandshakeResult heard = Connect(client, first);
        Assert.Equal("TLS_AES_256_GCM_SHA384", heard.Cipher);
        using TlsContext second = Server(new TlsPolicy { CipherSuites = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"], Groups = ["P-384"] });
        heard = Connect(client, second);
        Assert.Equal(("TLS_AES_128_GCM_SHA256", "secp384r1"), (heard.Cipher, heard.Group));
    }

    [Theory]
    [InlineData("ecdhe-rsa-aes128-gcm-sha256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")]
    [InlineData("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")]
    [InlineData("AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA")]
    [InlineData("NULL-SHA256", null)]
    [InlineData("ADH-AES128-SHA", null)]
    [InlineData("DEFAULT", null)]
    public void ASuiteIsKnownByEitherName(string name, string? iana) => Assert.Equal(iana, CipherSuites.Find(name)?.IanaName);

    [Fact]
    public void OpenSslKnowsEverySuiteByItsName()
    {
        foreach (CipherSuite suite in CipherSuites.All)
        {
            TlsVersion version = suite.IsTls13 ? TlsVersion.Tls13 : TlsVersion.Tls12;
            using TlsContext context = Client(new TlsPolicy { Profile = TlsProfile.Legacy, MinVersion = version, MaxVersion = version, CipherSuites = [suite.IanaName] });
        }
    }

    static TlsContext Server(TlsPolicy policy) => TlsContext.ForServer(new TlsServerOptions { Certificates = s_both, Policy = policy });

    static TlsContext Client(TlsPolicy policy) => TlsContext.ForClient(new TlsClientOptions { CaPem = TestCertificates.Shared.CaPem, Policy = policy });

    static TlsContext Only(TlsVersion version) => Client(new TlsPolicy { Profile = TlsProfile.Legacy, MinVersion = version, MaxVersion = version });

    static HandshakeResult Connect(TlsContext client, TlsContext server)
    {
        using TlsPair pair = new TlsPair(client, server).Run();
        HandshakeResult heard = pair.ServerResult, told = pair.ClientResult;
        Assert.Equal(heard.Outcome, told.Outcome);
        Assert.Equal((heard.Version, heard.Cipher, heard.Group), (told.Version, told.Cipher, told.Group));
        return heard;
    }

    static string WordOf(TlsVersion version) => version switch
    {
        TlsVersion.Tls10 => "TLSv1",
        TlsVersion.Tls11 => "TLSv1.1",
        TlsVersion.Tls12 => "TLSv1.2",
        _ => "TLSv1.3",
    };
}
