using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Tls.Ratchets;

namespace SmtpTlsProxy.Cli;

public class StartFailuresTest
{
    [Fact]
    public async Task ACaFileThatVanishedIsAMistakeOfTheConfiguration()
    {
        UpstreamConfiguration upstream = new()
        {
            Name = "up",
            Tls = TlsMode.Required,
            Destinations = [new DestinationConfiguration("a", DestinationKind.Tcp, "10.0.0.2", 25)],
            Verify = new VerifyConfiguration(VerifyMode.Pkix, "up.test", "/nowhere/ca.pem"),
        };
        Assert.Contains("/nowhere/ca.pem", Assert.Throws<TrustUnusableException>(() => ClientTls.Load(upstream, ReportOnly.None, [], new SecurityMemory(TimeProvider.System))).Message, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Configuration, await StartFailures.ToldAsync(() => { ClientTls.Load(upstream, ReportOnly.None, [], new SecurityMemory(TimeProvider.System)).Dispose(); return Task.CompletedTask; }));
    }

    [Fact]
    public async Task AnAddressThatCannotBeBoundIsUnavailable() =>
        Assert.Equal(ExitCodes.Unavailable, await StartFailures.ToldAsync(() => throw new IOException("in use.")));
}
