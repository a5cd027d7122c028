namespace SmtpTlsProxy.EndToEnd.Clients;

/// <summary>Python's own client, as scripts and Django use it.</summary>
sealed class Smtplib : MailClient
{
    const string Script = """
        import smtplib, ssl, sys
        port, security, sender, to, path, ca, user, password = sys.argv[1:]
        context = ssl.create_default_context(cafile=ca or None)
        kind = smtplib.SMTP_SSL if security == "Implicit" else smtplib.SMTP
        extra = {"context": context} if security == "Implicit" else {}
        with kind("localhost", int(port), local_hostname="client.test", timeout=60, **extra) as smtp:
            if security == "StartTls":
                smtp.starttls(context=context)
            if user:
                smtp.login(user, password)
            smtp.sendmail(sender, [to], open(path, "rb").read())
        """;

    public override string Name => "smtplib";

    public override async Task<Ran> SendAsync(Sending sending)
    {
        using var scratch = new Scratch();
        return await Shell.RunAsync(Needs.Tool("python3"),
        [
            "-c", Script, $"{sending.Port}", $"{sending.Security}", sending.From, sending.To, scratch.Write("content", sending.Content),
            sending.CaFile ?? "", sending.Account?.User ?? "", sending.Account?.Password ?? "",
        ]);
    }
}
