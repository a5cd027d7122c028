namespace SmtpTlsProxy.EndToEnd.Clients;

enum Security { Clear, StartTls, Implicit }

/// <summary>One message to send, and how.</summary>
sealed record Sending(int Port, Security Security, string To, byte[] Content)
{
    public string From { get; init; } = "sender@client.test";

    /// <summary>Whom the client trusts: it verifies the server, as localhost or 127.0.0.1.</summary>
    public string? CaFile { get; init; }

    /// <summary>Makes the connection that goes to the port, for a client that stands elsewhere. MailKit heeds it, the others cannot.</summary>
    public Func<Task<System.Net.Sockets.Socket>>? Dial { get; init; }

    public (string User, string Password)? Account { get; init; }

    /// <summary>The SASL mechanism of <see cref="Account"/>: MailKit and swaks heed it, the others know PLAIN here.</summary>
    public string Mechanism { get; init; } = "PLAIN";
}

/// <summary>A real program or library that sends mail.</summary>
abstract class MailClient
{
    public static IReadOnlyList<MailClient> All { get; } = [new Swaks(), new Curl(), new Smtplib(), new OpenSslClient(), new Msmtp(), new MailKitClient(), new Nodemailer()];

    public abstract string Name { get; }

    public static MailClient Called(string name) => All.Single(client => client.Name == name);

    /// <summary>Exit code 0: it believes the message delivered. The words hold the server's replies where the client shows them.</summary>
    public abstract Task<Ran> SendAsync(Sending sending);
}
