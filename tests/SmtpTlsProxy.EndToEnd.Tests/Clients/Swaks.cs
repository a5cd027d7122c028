namespace SmtpTlsProxy.EndToEnd.Clients;

sealed class Swaks : MailClient
{
    public override string Name => "swaks";

    public override async Task<Ran> SendAsync(Sending sending)
    {
        using var scratch = new Scratch();
        // It puts a line end of its own before the final dot.
        byte[] content = sending.Content.AsSpan().EndsWith("\r\n"u8) ? sending.Content[..^2] : sending.Content;
        List<string> arguments =
        [
            "--server", "127.0.0.1", "--port", $"{sending.Port}", "--helo", "client.test", "--timeout", "30", "--suppress-data", "--no-hints",
            "--from", sending.From, "--to", sending.To, "--data", "@" + scratch.Write("content", content),
        ];
        if (sending.Security != Security.Clear)
            arguments.AddRange([sending.Security == Security.Implicit ? "--tlsc" : "--tls", "--tls-verify", "--tls-ca-path", sending.CaFile!]);
        if (sending.Account is { } account)
            arguments.AddRange(["--auth", sending.Mechanism, "--auth-user", account.User, "--auth-password", account.Password]);
        return await Shell.RunAsync(Needs.Tool("swaks"), arguments);
    }
}
