using SmtpTlsProxy.Tests.Shared;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary><c>probe</c> against servers with one fault each; every report is valid by the schema.</summary>
public class ProbeTest
{
    [Fact]
    public async Task AServerWithoutFaultIsSafe()
    {
        await using ScriptedMailServer server = new();

        Probed probed = await ProbeRunner.JsonAsync(server);

        Assert.Equal((0, "safe"), (probed.Exit, (string)probed.Json["verdict"]!));
        Assert.DoesNotContain(probed.Json["faults"]!.AsArray(), fault => (string)fault!["severity"]! != "note");
        Assert.Equal("TLSv1.3", (string)probed.Json["tls"]!["version"]!);
        Assert.Equal("ok", (string)probed.Json["verification"]!["verdict"]!);
        Assert.Equal(["STARTTLS"], probed.Json["difference"]!["clearOnly"]!.AsArray().Select(line => (string)line!));
        Assert.Equal(["AUTH PLAIN LOGIN"], probed.Json["difference"]!["encryptedOnly"]!.AsArray().Select(line => (string)line!));
        Assert.Equal("mail.test", (string)probed.Json["chain"]![0]!["names"]![0]!);
        Assert.Equal(["connect", "greeting", "EHLO", "STARTTLS", "handshake", "EHLO", "QUIT"], probed.Json["steps"]!.AsArray().Select(step => (string)step!["name"]!));
        Assert.Equal("verified", probed.DecisionOf("required", "pkix"));
    }

    [Fact]
    public async Task NothingButTalkReachesTheServer()
    {
        await using ScriptedMailServer server = new();

        await ProbeRunner.JsonAsync(server);

        Assert.DoesNotContain(server.Commands, command => command.StartsWith("MAIL", StringComparison.Ordinal) || command.StartsWith("RCPT", StringComparison.Ordinal) || command.StartsWith("DATA", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TlsFromTheFirstOctetIsProbedToo()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Implicit = true });

        Probed probed = await ProbeRunner.JsonAsync(server, "--tls", "implicit");

        Assert.Equal(0, probed.Exit);
        Assert.Null(probed.Json["clear"]);
        Assert.Equal("verified", probed.DecisionOf("implicit", "pkix"));
    }

    [Fact]
    public async Task AServerThatOffersNoTlsIsNamed()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Clear = ["PIPELINING", "AUTH PLAIN"] });

        Probed probed = await ProbeRunner.JsonAsync(server);

        Assert.Equal(1, probed.Exit);
        Assert.Contains("no_starttls", probed.Faults);
        Assert.Contains("auth_in_clear", probed.Faults);
        Assert.Equal("clear", probed.DecisionOf("opportunistic", "none"));
        Assert.Equal("refused", probed.DecisionOf("required", "pkix"));
    }

    [Fact]
    public async Task InClearNothingButClearTextIsExpected()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Clear = ["PIPELINING", "AUTH PLAIN"] });

        Probed probed = await ProbeRunner.JsonAsync(server, "--tls", "none");

        Assert.Equal(0, probed.Exit);
        Assert.Equal("warning", probed.SeverityOf("auth_in_clear"));
    }

    [Theory]
    [InlineData("454 4.7.0 TLS not available", "starttls_refused", "clear", "refused")]
    [InlineData("502 5.5.1 Not implemented", "starttls_refused", "clear", "refused")]
    public async Task StartTlsThatIsOfferedAndRefusedIsNamed(string answer, string fault, string opportunistic, string required)
    {
        await using ScriptedMailServer server = new(new MailServerWays { StartTls = answer });

        Probed probed = await ProbeRunner.JsonAsync(server);

        Assert.Equal(1, probed.Exit);
        Assert.Contains(fault, probed.Faults);
        Assert.Equal(opportunistic, probed.DecisionOf("opportunistic", "none"));
        Assert.Equal(required, probed.DecisionOf("required", "pkix"));
    }

    [Fact]
    public async Task OctetsBehindTheAnswerToStartTlsAreNamed_4_3()
    {
        await using ScriptedMailServer server = new(new MailServerWays { BehindStartTls = "250 2.0.0 Injected\r\n" });

        Probed probed = await ProbeRunner.JsonAsync(server);

        Assert.Contains("octets_behind_starttls", probed.Faults);
        Assert.Null(probed.Json["tls"]);
        Assert.Equal("refused", probed.DecisionOf("opportunistic", "none"));
    }

    [Fact]
    public async Task OctetsBehindTheEhloAnswerAreNamed_4_3()
    {
        await using ScriptedMailServer server = new(new MailServerWays { BehindEhlo = "220 2.0.0 Injected\r\n" });

        Assert.Contains("octets_behind_ehlo", (await ProbeRunner.JsonAsync(server)).Faults);
        Assert.DoesNotContain("STARTTLS", server.Commands);
    }

    [Fact]
    public async Task AHandshakeThatIsCutIsNamed()
    {
        await using ScriptedMailServer server = new(new MailServerWays { CutsHandshake = true });

        Probed probed = await ProbeRunner.JsonAsync(server);

        Assert.Contains("handshake_cut", probed.Faults);
        Assert.Equal("refused", probed.DecisionOf("opportunistic", "none"));
    }

    [Fact]
    public async Task AHandshakeThatNobodyAnswersIsNamed()
    {
        await using ScriptedMailServer server = new(new MailServerWays { IsDeafToHandshake = true });

        Probed probed = await ProbeRunner.JsonAsync(server, "--timeout", "500ms");

        Assert.Contains("handshake_timeout", probed.Faults);
    }

    public static TheoryData<string, string> Certificates => new()
    {
        { "expired", "certificate_expired" },
        { "not yet valid", "certificate_not_yet_valid" },
        { "of another name", "certificate_name" },
        { "self-signed", "certificate_self_signed" },
        { "without its intermediate", "missing_intermediate" },
        { "of a stranger", "certificate_untrusted" },
        { "expiring", "certificate_expires_soon" },
    };

    [Theory]
    [MemberData(nameof(Certificates))]
    public async Task ABadCertificateIsNamedAndRefusedUnderRequired_4_6(string certificate, string fault)
    {
        await using ScriptedMailServer server = new(new MailServerWays { Certificate = BadCertificate.Called(certificate) });

        Probed probed = await ProbeRunner.JsonAsync(server);

        Assert.Contains(fault, probed.Faults);
        bool onlyWarns = fault == "certificate_expires_soon";
        Assert.Equal(onlyWarns ? 0 : 1, probed.Exit);
        Assert.Equal(onlyWarns ? "verified" : "refused", probed.DecisionOf("required", "pkix"));
        Assert.Equal(onlyWarns ? "verified" : "encrypted", probed.DecisionOf("opportunistic", "none"));
    }

    [Fact]
    public async Task UnderOpportunisticABadCertificateIsAWarning_4_4()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Certificate = BadCertificate.Called("expired") });

        Probed probed = await ProbeRunner.JsonAsync(server, "--tls", "opportunistic");

        Assert.Equal(0, probed.Exit);
        Assert.Equal("warning", probed.SeverityOf("certificate_expired"));
    }

    [Fact]
    public async Task AnIntermediateThatIsSentIsShown()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Certificate = TestCertificates.Shared.Make(new TestLeaf { Names = [MailServerWays.Name], BelowIntermediate = true }) });

        Probed probed = await ProbeRunner.JsonAsync(server);

        Assert.Equal(0, probed.Exit);
        Assert.Equal(2, probed.Json["chain"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request", "not_smtp")]
    [InlineData("554 5.7.1 Go away", "greeting_refused")]
    [InlineData("421 4.3.2 Later", "greeting_refused")]
    public async Task AStrangeGreetingIsNamed(string greeting, string fault)
    {
        await using ScriptedMailServer server = new(new MailServerWays { Greeting = greeting });

        Probed probed = await ProbeRunner.JsonAsync(server);

        Assert.Equal(1, probed.Exit);
        Assert.Contains(fault, probed.Faults);
    }

    [Fact]
    public async Task WhatAServerSaysCannotSteerTheTerminal()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Greeting = "220 mail.test \u001b[2J\u0007 ESMTP" });

        Probed probed = await ProbeRunner.RunAsync(server.Address, "--timeout", "5s");

        Assert.DoesNotContain('\u001b', probed.Output);
        Assert.DoesNotContain('\u0007', probed.Output);
    }

    [Fact]
    public async Task AServerThatKnowsOnlyHeloIsNamed()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Clear = null });

        Probed probed = await ProbeRunner.JsonAsync(server);

        Assert.Equal(1, probed.Exit);
        Assert.Contains("no_esmtp", probed.Faults);
        Assert.Contains("no_starttls", probed.Faults);
    }

    [Fact]
    public async Task AServerThatTakesOneEhloIsNamed()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Inside = null });

        Assert.Contains("no_esmtp", (await ProbeRunner.JsonAsync(server)).Faults);
    }

    [Fact]
    public async Task PasswordsBeforeTlsAreNamed()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Clear = ["STARTTLS", "AUTH PLAIN"] });

        Probed probed = await ProbeRunner.JsonAsync(server);

        Assert.Equal(1, probed.Exit);
        Assert.Contains("auth_in_clear", probed.Faults);
    }

    [Fact]
    public async Task NobodyThereIsUnreachable()
    {
        ScriptedMailServer gone = new();
        await gone.DisposeAsync();

        Probed probed = await ProbeRunner.JsonAsync(gone);

        Assert.Equal((2, "unreachable"), (probed.Exit, (string)probed.Json["verdict"]!));
        Assert.Contains("unreachable", probed.Faults);
    }

    [Fact]
    public async Task ANameWithoutAnAddressIsUnreachable()
    {
        Probed probed = await ProbeRunner.RunAsync("nowhere.invalid", "--json", "--timeout", "5s");

        await ProbeRunner.AssertValidAsync(probed.Output);
        Assert.Equal(2, probed.Exit);
        Assert.Contains("unresolved", probed.Faults);
    }
}
