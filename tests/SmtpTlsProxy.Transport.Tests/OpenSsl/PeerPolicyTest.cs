namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

/// <summary>Rule 4.8: a policy of the caller's decides inside the handshake, over all that was found.</summary>
[Collection("OpenSsl")]
public class PeerPolicyTest
{
    const string Name = "mx.example.net";
    static readonly TlsCertificate s_good = TestCertificates.Shared.Make(new TestLeaf { Names = [Name], BelowIntermediate = true });
    static readonly TlsCertificate s_bad = new TestCertificates("Stranger").Make(new TestLeaf { Names = ["other.example.net"], NotAfter = new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero) });

    [Fact]
    public void ItIsShownTheChainAndEveryFault()
    {
        Recording policy = new(_ => new Verdict(HandshakeOutcome.Ok, "test", "all the same"));
        HandshakeResult result = Meet(s_bad, policy);
        Assert.Equal(PeerFaults.Untrusted | PeerFaults.Time | PeerFaults.Name, policy.Seen!.Faults);
        Assert.Equal(HandshakeOutcome.Untrusted, policy.Seen.First);
        Assert.True(policy.Seen.IsNamed && result.IsVerified);
        Assert.Equal("all the same", result.Verdict!.Reason);
        Assert.Equal(s_bad.ChainDer[0], policy.Seen.Leaf.ToArray());
    }

    [Fact]
    public void ItMayRefuseWhatOpenSslFindsGood()
    {
        Recording policy = new(_ => new Verdict(HandshakeOutcome.Pin, "test", "not this one"));
        HandshakeResult result = Meet(s_good, policy);
        Assert.Equal((HandshakeOutcome.Pin, "not this one", false), (result.Outcome, result.Detail, result.IsVerified));
        Assert.Equal(PeerFaults.None, policy.Seen!.Faults);
        Assert.Equal(s_good.ChainDer, result.PeerChain.Select(link => link.ToArray()));
    }

    [Fact]
    public void ItsFaultIsTheCallersAndNoVerdict()
    {
        using TlsContext server = TestContexts.Server(s_good), client = TestContexts.Client();
        using TlsPair pair = new(client, server, TestContexts.Enforced(Name) with { Policy = new Recording(_ => throw new InvalidOperationException("a bug")) });
        Assert.Equal("a bug", Assert.Throws<InvalidOperationException>(pair.Run).Message);
    }

    [Fact]
    public void AResumptionKeepsTheVerdictAndTheChain()
    {
        Recording policy = new(_ => new Verdict(HandshakeOutcome.Ok, "test", "once"));
        using TlsContext server = TestContexts.Server(s_good), client = TestContexts.Client();
        for (int time = 0; time < 3; time++)
        {
            using TlsPair pair = new TlsPair(client, server, TestContexts.Enforced(Name) with { Policy = policy }).RunOk();
            pair.Client.ReadAll();
            Assert.Equal((time > 0, "once", 2), (pair.ClientResult.Resumed, pair.ClientResult.Verdict!.Reason, pair.ClientResult.PeerChain.Count));
        }
        Assert.Equal(1, policy.Asked);
    }

    [Fact]
    public void PoliciesShareNoSessions()
    {
        using TlsContext server = TestContexts.Server(s_good), client = TestContexts.Client();
        using TlsPair first = new TlsPair(client, server, TestContexts.Enforced(Name)).RunOk();
        first.Client.ReadAll();
        Recording other = new(Verdict.Pkix);
        using TlsPair second = new TlsPair(client, server, TestContexts.Enforced(Name) with { Policy = other }).RunOk();
        Assert.Equal((false, 1), (second.ClientResult.Resumed, other.Asked));
    }

    static HandshakeResult Meet(TlsCertificate certificate, PeerPolicy policy)
    {
        using TlsContext server = TestContexts.Server(certificate), client = TestContexts.Client();
        using TlsPair pair = new TlsPair(client, server, TestContexts.Enforced(Name) with { Policy = policy }).Run();
        return pair.ClientResult;
    }

    sealed class Recording(Func<PeerEvidence, Verdict> decide) : PeerPolicy
    {
        public PeerEvidence? Seen { get; private set; }

        public int Asked { get; private set; }

        public override Verdict Judge(PeerEvidence evidence)
        {
            (Seen, Asked) = (evidence, Asked + 1);
            return decide(evidence);
        }
    }
}
