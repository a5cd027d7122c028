namespace SmtpTlsProxy.EndToEnd.Clients;

sealed class Curl : MailClient
{
    public override string Name => "curl";

    public override async Task<Ran> SendAsync(Sending sending)
    {
        using var scratch = new Scratch();
        string scheme = sending.Security == Security.Implicit ? "smtps" : "smtp";
        List<string> arguments =
        [
            "-sS", "-v", "--max-time", "80", "--url", $"{scheme}://127.0.0.1:{sending.Port}/client.test",
            "--mail-from", sending.From, "--mail-rcpt", sending.To, "--upload-file", scratch.Write("content", sending.Content),
        ];
        if (sending.Security != Security.Clear)
            arguments.AddRange(["--ssl-reqd", "--cacert", sending.CaFile!]);
        if (sending.Account is { } account)
            arguments.AddRange(["--user", $"{account.User}:{account.Password}", "--login-options", "AUTH=PLAIN"]);
        return await Shell.RunAsync(Needs.Tool("curl"), arguments);
    }
}
