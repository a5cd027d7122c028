using SmtpTlsProxy.Admin;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>The words that <c>probe</c> takes, and what it prints for people.</summary>
public class ProbeCommandLineTest
{
    [Theory]
    [InlineData("mail.test", 25, "Required")]
    [InlineData("mail.test:465", 465, "Implicit")]
    [InlineData("mail.test:587", 587, "Required")]
    [InlineData("192.0.2.1", 25, "Required")]
    [InlineData("2001:db8::1", 25, "Required")]
    [InlineData("[2001:db8::1]", 25, "Required")]
    [InlineData("[2001:db8::1]:465", 465, "Implicit")]
    public void AServerNeedsNoPort(string server, int port, string tls)
    {
        ProbeOptions options = new ProbeArguments(server).Read().Value;

        Assert.Equal((port, Enum.Parse<TlsMode>(tls)), (options.Server.Port, options.Tls));
    }

    [Theory]
    [InlineData("mail.test --tls sometimes", "--tls")]
    [InlineData("mail.test:0", "port 0")]
    [InlineData("mail.test:99999", "no host with a port")]
    [InlineData("mail.test --name a..b", "--name")]
    [InlineData("mail.test --timeout soon", "--timeout")]
    [InlineData("mail.test --from a@b.test", "--intrusive")]
    [InlineData("mail.test --intrusive --to <a@b.test>", "no mail address")]
    [InlineData("mail.test --ca-file /nonexistent.pem", "--ca-file")]
    [InlineData("", "a server is missing")]
    public async Task AMistakeIsOneLineAndExits64(string arguments, string named)
    {
        Probed probed = await ProbeRunner.RunAsync([.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal((64, ""), (probed.Exit, probed.Output));
        Assert.Contains(named, Assert.Single(probed.Error.TrimEnd().Split('\n')));
    }

    [Fact]
    public async Task ALineBreakInAnAddressIsRefused() =>
        Assert.Equal(64, (await ProbeRunner.RunAsync("mail.test", "--intrusive", "--to", "a@b.test>\r\nDATA")).Exit);

    [Fact]
    public async Task TheSchemaIsPrinted() => Assert.Equal(ReportSchema.Probe, (await ProbeRunner.RunAsync("--schema")).Output);

    [Fact]
    public async Task HelpHasAnExample() => Assert.Contains("Example:", (await ProbeRunner.RunAsync("--help")).Output);

    [Fact]
    public async Task TheReportForPeopleNamesTheFindingsAndTheirRemedies()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Certificate = BadCertificate.Called("expired") });

        Probed probed = await ProbeRunner.RunAsync(server.Address, "--name", MailServerWays.Name, "--ca-file", ProbeRunner.RootFile, "--timeout", "5s");

        Assert.All((string[])["NOT SAFE", "certificate_expired", "Renew it", "TLSv1.3", "mail.test ESMTP", "421 4.7.5", "SPKI SHA-256"], word => Assert.Contains(word, probed.Output));
        Assert.DoesNotContain('\u001b', probed.Output);
    }

    [Theory]
    [InlineData(null, "xterm", true)]
    [InlineData("", "xterm", true)]
    [InlineData("1", "xterm", false)]
    [InlineData(null, "dumb", false)]
    [InlineData(null, null, false)]
    public void ColoursAreForWhoWantsThem(string? noColor, string? term, bool wanted) =>
        Assert.Equal(wanted, Palette.IsWanted(name => name == "NO_COLOR" ? noColor : term));

    [Fact]
    public void AListenerOfTheProxyIsKnownByItsAddress()
    {
        ListenerStatus listener = new("mx", ["0.0.0.0:2525"], "opportunistic", "legacy", 0, 100, 3, 2, 1);
        UpstreamStatus upstream = new("legacy", "none", "-", [new DestinationStatus("a", "127.0.0.1:10025", 0, "up")]);
        StatusReport report = new()
        {
            Version = "1", Revision = "", State = "ready", WhyNotReady = [], Started = default, UptimeSeconds = 0, Sessions = 0, Listeners = [listener], Upstreams = [upstream], Certificates = [],
        };

        Assert.Equal(new OwnListener(listener, upstream), OwnListener.Of(report, new(System.Net.IPAddress.Loopback, 2525)));
        Assert.Null(OwnListener.Of(report, new(System.Net.IPAddress.Loopback, 2526)));
    }
}
