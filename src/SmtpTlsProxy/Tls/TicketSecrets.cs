using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Tls;

/// <summary>The keys in <c>tickets.keyFile</c> as they were read last; null where none is named. Secret.</summary>
/// <param name="File">The file.</param>
/// <param name="Keys">What a readable state of it held.</param>
/// <param name="Problem">Why these are not the ones in the file now; null where they are.</param>
sealed record TicketSecrets(string File, IReadOnlyList<byte[]> Keys, string? Problem)
{
    /// <summary>At a start an unusable file is a mistake, and throws <see cref="TicketsUnusableException"/>.</summary>
    public static TicketSecrets? Load(TicketConfiguration configuration) => configuration.KeyFile is { } file ? new TicketSecrets(file, Read(file), null) : null;

    /// <summary>What the file holds now. While it is unusable the keys before stay; where there were none there is none, and the problem.</summary>
    public static TicketSecrets? Next(TicketSecrets? before, TicketConfiguration configuration)
    {
        try
        {
            return Load(configuration);
        }
        catch (TicketsUnusableException unusable)
        {
            return new TicketSecrets(configuration.KeyFile!, before?.File == configuration.KeyFile ? before!.Keys : [], unusable.Message);
        }
    }

    public bool IsSameAs(TicketSecrets? other) => other is not null && Keys.Count == other.Keys.Count && Keys.Zip(other.Keys).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    public override string ToString() => nameof(TicketSecrets);

    static IReadOnlyList<byte[]> Read(string file)
    {
        try
        {
            Parsed<IReadOnlyList<byte[]>> read = TicketFile.Read(System.IO.File.ReadAllBytes(file));
            return read.Problem is { } problem ? throw new TicketsUnusableException($"tickets.keyFile: {file}: {problem}") : read.Value;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TicketsUnusableException($"tickets.keyFile: {file}: {e.Message}");
        }
    }
}

/// <summary>The file of ticket keys cannot be used; the message holds nothing of it.</summary>
sealed class TicketsUnusableException(string message) : Exception(message);
