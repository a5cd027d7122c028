namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>
/// One real server and one proxy before it: TLS for a server in the clear, nothing for an application in the clear, and TLS on both legs. Clients use
/// STARTTLS. OpenSMTPD answers the EHLO that must follow it, the second on its connection, with 503: hence the quirk (rule 1.2).
/// </summary>
sealed record Behind(MailServer Server, ProxyProcess Proxy, string CaFile, int Tls, int Clear, int BothTls) : IAsyncDisposable
{
    public static async Task<Behind> StartAsync(string server)
    {
        using var scratch = new Scratch();
        var ca = new TestCa(scratch);
        MailServer behind = await StartServerAsync(server);
        string quirk = server == "OpenSMTPD" ? "quirks: [singleEhlo]" : "quirks: []";
        int tls = Ports.Free(), clear = Ports.Free(), both = Ports.Free();
        string listeners = Yaml.Listener("mx", tls, "required", "plain") + Yaml.Listener("app", clear, "none", "plain", "allow: [127.0.0.0/8]")
            + Yaml.Listener("relay", both, "required", "secured");
        string upstreams = Yaml.Upstream("plain", behind.Port, "none", quirk) + Yaml.Upstream("secured", behind.Port, "required", quirk + ", " + Yaml.Verified(behind.CaFile));
        try
        {
            ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(listeners, upstreams, ca.Issue(Names.Proxy)));
            return new Behind(behind, proxy, behind.Keep(ca.File), tls, clear, both);
        }
        catch
        {
            await behind.DisposeAsync();
            throw;
        }
    }

    public Sending Sending(string to, byte[] content) => new(Tls, Security.StartTls, to, content) { CaFile = CaFile };

    /// <summary>Inside TLS and introduced.</summary>
    public Task<RawSmtp> ConnectAsync() => RawSmtp.SecuredAsync(Tls, CaFile);

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Server.DisposeAsync();
    }

    static async Task<MailServer> StartServerAsync(string name) => name switch
    {
        "Postfix" => await Postfix.StartAsync(new PostfixOptions { Tls = "may", Auth = true, Mechanisms = "PLAIN LOGIN SCRAM-SHA-1 SCRAM-SHA-256", Extra = "smtputf8_enable = yes" }),
        "Exim" => await Exim.StartAsync(),
        "OpenSMTPD" => await OpenSmtpd.StartAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };
}
