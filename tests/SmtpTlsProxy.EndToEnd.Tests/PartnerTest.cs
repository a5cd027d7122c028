using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>Partners' servers as they are: certificates that only a pin makes good, and servers that ask for ours. Real Postfix.</summary>
public sealed class PartnerTest : IDisposable
{
    readonly Scratch _scratch = new();
    readonly int _port = Ports.Free();

    [Theory]
    [InlineData("Expired")]
    [InlineData("UnknownIssuer")]
    public async Task APinMakesACertificateGoodAndAnotherPinDoesNot_4_8(string defect)
    {
        await using Postfix postfix = await Postfix.StartAsync(new PostfixOptions { Tls = "encrypt", Defect = Enum.Parse<Defect>(defect) });
        string right = PinOf(postfix.Shown), wrong = "spki:sha256:" + new string('0', 64);
        int second = Ports.Free();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Yaml.Listener("right", _port, "none", "right", "allow: [127.0.0.0/8]") + Yaml.Listener("wrong", second, "none", "wrong", "allow: [127.0.0.0/8]"),
            Yaml.Upstream("right", postfix.Port, "required", $"verify: {{ mode: pin, pins: [\"{wrong}\", \"{right}\"] }}")
            + Yaml.Upstream("wrong", postfix.Port, "required", $"verify: {{ mode: pin, pins: \"{wrong}\" }}")));

        await DeliversAsync(_port, postfix);
        await using (RawSmtp refused = await RawSmtp.ConnectAsync(second))
            await refused.ExpectAsync("421 4.7.5");

        await proxy.MetricReachesAsync(1, "messages_total", ("upstream", "right"), ("upstream_security", "verified"));
        await proxy.MetricReachesAsync(1, "upstream_tls_handshakes_total", ("upstream", "wrong"), ("result", "pin"));
        await Eventually.TrueAsync(() => proxy.Said.Contains($"pin: {right} is not pinned", StringComparison.Ordinal), "the line names the pin that is shown:\n" + proxy.Said);
        await proxy.StopAsync();
    }

    [Fact]
    public async Task AServerThatDemandsACertificateGetsOursAndANewOneAfterAReload()
    {
        using var ca = new TestCa(_scratch, "clients");
        await using Postfix postfix = await Postfix.StartAsync(new PostfixOptions
        {
            Tls = "encrypt",
            Extra = $"smtpd_tls_req_ccert = yes\nsmtpd_tls_CAfile = {ca.File}\nsmtpd_tls_received_header = yes",
        });
        PemPair shown = ca.Issue("first.proxy.test");
        int without = Ports.Free();
        string yaml = Yaml.Whole(
            Yaml.Listener("with", _port, "none", "with", "allow: [127.0.0.0/8]") + Yaml.Listener("without", without, "none", "without", "allow: [127.0.0.0/8]"),
            Yaml.Upstream("with", postfix.Port, "required", "clientCertificate: public, " + Yaml.Verified(postfix.CaFile)) + Yaml.Upstream("without", postfix.Port, "required", Yaml.Verified(postfix.CaFile)), shown);
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(yaml);

        Assert.Contains("Client CN \"first.proxy.test\"", await DeliversAsync(_port, postfix), StringComparison.Ordinal);
        await using (RawSmtp refused = await RawSmtp.ConnectAsync(without))
        {   // it has ended the handshake, and says so inside TLS
            await refused.ExpectAsync("220");
            await refused.AskAsync("EHLO client.test", "421 4.7.1");
        }

        PemPair next = ca.Issue("second.proxy.test");
        File.Move(next.KeyFile, shown.KeyFile, overwrite: true);
        File.Move(next.CertFile, shown.CertFile, overwrite: true);
        proxy.HangUp();
        await proxy.MetricReachesAsync(1, "config_reloads_total", ("result", "success"));
        Assert.Contains("Client CN \"second.proxy.test\"", await DeliversAsync(_port, postfix), StringComparison.Ordinal);
        await proxy.StopAsync();
    }

    public void Dispose() => _scratch.Dispose();

    static string PinOf(PemPair pair)
    {
        using X509Certificate2 certificate = pair.Load();
        return "spki:sha256:" + Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    static async Task<string> DeliversAsync(int port, Postfix postfix)
    {
        string to = Names.NewRecipient();
        await using RawSmtp client = await RawSmtp.GreetedAsync(port);
        await client.EhloAsync();
        Assert.StartsWith("250", await client.MailAsync(to, Letters.Tricky()), StringComparison.Ordinal);
        await client.QuitAsync();
        return System.Text.Encoding.Latin1.GetString(await postfix.MailForAsync(to));
    }
}
