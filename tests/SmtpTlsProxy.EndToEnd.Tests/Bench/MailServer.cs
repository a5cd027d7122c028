namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>A real server wholly below one directory, on 127.0.0.1, that keeps mail as it came.</summary>
abstract class MailServer : IAsyncDisposable
{
    /// <summary>The one account of a server that asks for one.</summary>
    public const string User = "alice@own.test", Password = "correct-horse-battery";

    protected MailServer() => Ca = new TestCa(Scratch);

    public int Port { get; } = Ports.Free();
    public string CaFile => Ca.File;
    public abstract string Log { get; }

    protected Scratch Scratch { get; } = new();
    protected TestCa Ca { get; }

    /// <summary>Where delivered messages lie, a file each.</summary>
    string Inbox => Scratch.PathTo("mail/inbox/new");

    /// <summary>The message as it was delivered, the server's own trace lines taken off: line ends are LF.</summary>
    public async Task<byte[]> ContentForAsync(string recipient) => DeliveredMail.WithoutTrace(await MailForAsync(recipient));

    /// <summary>The file as the server wrote it.</summary>
    public async Task<byte[]> MailForAsync(string recipient)
    {
        byte[]? delivered = null;
        await Eventually.TrueAsync(async () => (delivered = await FindAsync(recipient)) is not null, () => $"mail for {recipient}:\n{Log}", TimeSpan.FromSeconds(60));
        return delivered!;
    }

    public async Task<bool> HasMailForAsync(string recipient) => await FindAsync(recipient) is not null;

    /// <summary>Whom each message that lies there is for.</summary>
    public string[] Recipients() => Directory.Exists(Inbox) ? [.. Directory.EnumerateFiles(Inbox).Select(DeliveredMail.RecipientOf)] : [];

    /// <summary>Copies a file to where it lives as long as the server.</summary>
    public string Keep(string file) => Scratch.Write("kept/" + Path.GetFileName(file), File.ReadAllBytes(file));

    public abstract ValueTask DisposeAsync();

    protected static string ReadShared(string file)
    {
        if (!File.Exists(file))
            return "";
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new StreamReader(stream).ReadToEnd();
    }

    /// <summary>What both have behind them when a server has stopped.</summary>
    protected void Forget()
    {
        Ca.Dispose();
        Scratch.Dispose();
    }

    async Task<byte[]?> FindAsync(string recipient)
    {
        if (!Directory.Exists(Inbox))
            return null;
        foreach (string file in Directory.EnumerateFiles(Inbox))
        {
            if (DeliveredMail.IsFor(file, recipient))
                return await File.ReadAllBytesAsync(file);
        }
        return null;
    }
}
