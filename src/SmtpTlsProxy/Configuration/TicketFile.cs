using System.Security.Cryptography;

namespace SmtpTlsProxy.Configuration;

/// <summary>A file of ticket keys, as nginx (octets) and HAProxy (base64, a line each) have them: 80 octets a key, or 48 of their older form.</summary>
static class TicketFile
{
    const int Size = 80;
    const int OldSize = 48;

    /// <summary>More are no use: a ticket lives for two hours.</summary>
    const int MaxKeys = 16;

    /// <summary>The keys in a file's octets, the first encrypts. Nothing is said of them but what is wrong.</summary>
    public static Parsed<IReadOnlyList<byte[]>> Read(byte[] content)
    {
        if (IsText(content)) return Lines(System.Text.Encoding.ASCII.GetString(content));
        int size = content.Length % Size == 0 ? Size : OldSize;
        return content.Length > 0 && content.Length % size == 0 ? Checked([.. content.Chunk(size)]) : Parsed.Wrong($"it holds {content.Length} octets, which is no number of keys of {Size} or {OldSize}");
    }

    public static void Check(Validation at)
    {
        if (at.Configuration.Tickets is { KeyFile: null, Rotation.TotalHours: > 24 })
            at.Warn("tickets.rotation", "a key that is stolen opens every session of the time that it decrypts, which is twice as long", "Write 24h or less");
        if (at.Configuration.Tickets.KeyFile is not { } file) return;
        try
        {
            if (Read(File.ReadAllBytes(file)).Problem is { } problem)
                at.Refuse("tickets.keyFile", $"{file}: {problem}", "Make one with: openssl rand -base64 -out FILE 80 and join its lines, or: openssl rand -out FILE 80");
            else if (IsReadableByAll(file))
                at.Warn("tickets.keyFile", $"{file} can be read by everybody on this machine: who has a key reads the sessions that are resumed with it", "Let the proxy's user alone read it: chmod 400");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            at.Refuse("tickets.keyFile", $"{file} cannot be read: {e.Message.TrimEnd('.')}", "Write a file that exists and that the proxy's user may read");
        }
    }

    static bool IsReadableByAll(string file) => !OperatingSystem.IsWindows() && File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead);

    // 80 random octets are no text but once in a universe.
    static bool IsText(byte[] content) => content.All(octet => octet is >= 0x20 and < 0x7F or (byte)'\r' or (byte)'\n' or (byte)'\t');

    static Parsed<IReadOnlyList<byte[]>> Lines(string text)
    {
        List<byte[]> keys = [];
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] key = new byte[line.Length];
            if (!Convert.TryFromBase64String(line, key, out int length) || length is not (Size or OldSize))
                return Parsed.Wrong($"line {keys.Count + 1} is no base64 of {Size} or {OldSize} octets");
            keys.Add(key[..length]);
        }
        return keys.Count == 0 ? Parsed.Wrong("it is empty") : Checked(keys);
    }

    static Parsed<IReadOnlyList<byte[]>> Checked(IReadOnlyList<byte[]> keys)
    {
        if (keys.Count > MaxKeys) return Parsed.Wrong($"it holds {keys.Count} keys, more than {MaxKeys}");
        if (keys.Any(key => key.All(octet => octet == key[0]))) return Parsed.Wrong("a key is one octet repeated, which anybody guesses");
        bool repeats = keys.Select(key => Convert.ToHexString(SHA256.HashData(key))).Distinct().Count() < keys.Count;
        return repeats ? Parsed.Wrong("a key stands there twice") : new Parsed<IReadOnlyList<byte[]>>(keys, null);
    }
}
