using System.Diagnostics;
using System.Text;

namespace SmtpTlsProxy.EndToEnd.Clients;

/// <summary>`openssl s_client`: the dialogue typed by hand, a line behind each reply.</summary>
sealed class OpenSslClient : MailClient
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public override string Name => "s_client";

    public override async Task<Ran> SendAsync(Sending sending)
    {
        List<string> arguments =
        [
            "s_client", "-quiet", "-connect", $"127.0.0.1:{sending.Port}", "-servername", "localhost", "-verify_hostname", "localhost",
            "-CAfile", sending.CaFile!, "-verify_return_error",
        ];
        if (sending.Security == Security.StartTls)
            arguments.AddRange(["-starttls", "smtp", "-name", "client.test"]);
        var start = new ProcessStartInfo(Needs.Tool("openssl"), arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        var said = new StringBuilder();
        try
        {
            await TalkAsync(process, sending, said).WaitAsync(TimeSpan.FromSeconds(60));
            await process.WaitForExitAsync().WaitAsync(s_patience);
            return new Ran(process.ExitCode, said.ToString(), await errors);
        }
        catch (Exception ended) when (ended is IOException or TimeoutException)
        {
            process.Kill();
            return new Ran(1, said.ToString(), ended.Message + "\n" + await errors);
        }
    }

    static async Task TalkAsync(Process process, Sending sending, StringBuilder said)
    {
        // Behind STARTTLS the tool has had the greeting for itself.
        if (sending.Security == Security.Implicit)
            await ReplyAsync(process, said, "220");
        await AskAsync(process, said, "EHLO client.test", "250");
        if (sending.Account is { } account)
            await AskAsync(process, said, "AUTH PLAIN " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"\0{account.User}\0{account.Password}")), "235");
        await AskAsync(process, said, $"MAIL FROM:<{sending.From}>", "250");
        await AskAsync(process, said, $"RCPT TO:<{sending.To}>", "250");
        await AskAsync(process, said, "DATA", "354");
        await process.StandardInput.BaseStream.WriteAsync(Letters.Stuffed(sending.Content));
        await AskAsync(process, said, ".", "250");
        await AskAsync(process, said, "QUIT", "221");
        process.StandardInput.Close();
    }

    static async Task AskAsync(Process process, StringBuilder said, string line, string expected)
    {
        await process.StandardInput.BaseStream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"));
        await process.StandardInput.BaseStream.FlushAsync();
        await ReplyAsync(process, said, expected);
    }

    static async Task ReplyAsync(Process process, StringBuilder said, string expected)
    {
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync().WaitAsync(s_patience) ?? throw new IOException("it ended");
            said.AppendLine(line);
        }
        while (line.Length > 3 && line[3] == '-');
        if (!line.StartsWith(expected, StringComparison.Ordinal))
            throw new IOException($"not {expected}: {line}");
    }
}
