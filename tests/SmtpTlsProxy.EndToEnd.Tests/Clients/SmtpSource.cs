namespace SmtpTlsProxy.EndToEnd.Clients;

/// <summary>Postfix's load generator. It knows no TLS, so it stands where an application that knows none does: before a listener in the clear.</summary>
sealed class SmtpSource : MailClient
{
    public override string Name => "smtp-source";

    public override async Task<Ran> SendAsync(Sending sending)
    {
        using var scratch = new Scratch();
        // It stuffs dots and makes CRLF of LF itself.
        string file = scratch.Write("content", DeliveredMail.Expected(sending.Content));
        return await Shell.RunAsync(Needs.Tool("smtp-source"), ["-c", "-M", "client.test", "-f", sending.From, "-t", sending.To, "-F", file, $"127.0.0.1:{sending.Port}"]);
    }
}
