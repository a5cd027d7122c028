namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>
/// One real server and one proxy before it: TLS for a server in the clear, nothing for an application in the clear, and TLS on both legs. Clients use
/// STARTTLS, but not before OpenSMTPD: it answers the EHLO that must follow STARTTLS, the second on its connection, with 503 (rule 1.2).
/// </summary>
sealed record Behind(MailServer Server, ProxyProcess Proxy, string CaFile, Security Security, int Tls, int Clear, int BothTls) : IAsyncDisposable
{
    public static async Task<Behind> StartAsync(string server)
    {
        using var scratch = new Scratch();
        var ca = new TestCa(scratch);
        MailServer behind = await StartServerAsync(server);
        Security security = server == "OpenSMTPD" ? Security.Implicit : Security.StartTls;
        string mode = security == Security.Implicit ? "implicit" : "required";
        int tls = Ports.Free(), clear = Ports.Free(), both = Ports.Free();
        string listeners = Yaml.Listener("mx", tls, mode, "plain") + Yaml.Listener("app", clear, "none", "plain", "allow: [127.0.0.0/8]")
            + Yaml.Listener("relay", both, mode, "secured");
        string upstreams = Yaml.Upstream("plain", behind.Port, "none") + Yaml.Upstream("secured", behind.Port, "required", Yaml.Verified(behind.CaFile));
        try
        {
            ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(listeners, upstreams, ca.Issue(Names.Proxy)));
            return new Behind(behind, proxy, behind.Keep(ca.File), security, tls, clear, both);
        }
        catch
        {
            await behind.DisposeAsync();
            throw;
        }
    }

    public Sending Sending(string to, byte[] content) => new(Tls, Security, to, content) { CaFile = CaFile };

    /// <summary>Inside TLS and introduced.</summary>
    public Task<RawSmtp> ConnectAsync() => Security == Security.Implicit ? RawSmtp.ImplicitAsync(Tls, CaFile) : RawSmtp.SecuredAsync(Tls, CaFile);

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
