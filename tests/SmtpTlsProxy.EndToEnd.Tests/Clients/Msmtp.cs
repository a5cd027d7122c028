namespace SmtpTlsProxy.EndToEnd.Clients;

sealed class Msmtp : MailClient
{
    public override string Name => "msmtp";

    public override async Task<Ran> SendAsync(Sending sending)
    {
        using var scratch = new Scratch();
        bool tls = sending.Security != Security.Clear;
        string configuration = scratch.Write("msmtprc", $"""
            account test
            host localhost
            port {sending.Port}
            domain client.test
            timeout 60
            tls {(tls ? "on" : "off")}
            {(tls ? $"tls_starttls {(sending.Security == Security.StartTls ? "on" : "off")}\ntls_trust_file {sending.CaFile}" : "")}
            {(sending.Account is { } account ? $"auth plain\nuser {account.User}\npassword {account.Password}" : "auth off")}

            """);
        // Owner only, or it refuses a file that holds a password.
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        byte[] lines = DeliveredMail.Expected(sending.Content);
        return await Shell.RunAsync(Needs.Tool("msmtp"), ["-d", "-C", configuration, "-a", "test", "-f", sending.From, "--", sending.To], lines);
    }
}
