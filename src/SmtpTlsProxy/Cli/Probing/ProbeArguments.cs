using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>The command line's words; read, they are options or one mistake.</summary>
sealed record ProbeArguments(
    string? Server, string? Tls = null, string? Name = null, string? CaFile = null, string? Helo = null, string? Timeout = null, bool Intrusive = false, string? From = null, string? To = null)
{
    public Parsed<ProbeOptions> Read()
    {
        if (Server is not { Length: > 0 } host)
            return Parsed.Wrong("a server is missing: probe HOST[:PORT]");
        Parsed<DestinationConfiguration> server = ServerOf(host);
        if (server.Problem is { } unknown)
            return Parsed.Wrong(unknown);
        TlsMode mode = ProbeOptions.UsualOf(server.Value);
        if (Tls is { } word && !Vocabulary.TlsModes.TryRead(word, out mode))
            return Parsed.Wrong($"--tls {word}: write opportunistic, required, implicit or none");
        ProbeOptions options = new(server.Value, mode) { CaFile = CaFile, Intrusive = Intrusive };
        return Problem(ref options) is { } problem ? Parsed.Wrong(problem) : options;
    }

    string? Problem(ref ProbeOptions options)
    {
        if (Name is { } name)
        {
            Parsed<string> read = DomainNames.Read(name);
            if (read.Problem is { } wrong)
                return $"--name: {wrong}";
            options = options with { Name = read.Value };
        }
        if (Helo is { } helo)
        {
            Parsed<string> read = DomainNames.Helo(helo);
            if (read.Problem is { } wrong)
                return $"--helo: {wrong}";
            options = options with { Helo = read.Value };
        }
        if (Timeout is { } limit)
        {
            Parsed<TimeSpan> read = Durations.Read(limit);
            if (read.Problem is { } wrong)
                return $"--timeout: {wrong}";
            options = options with { Timeout = read.Value };
        }
        return ProblemOfRelay(ref options);
    }

    string? ProblemOfRelay(ref ProbeOptions options)
    {
        if ((From is not null || To is not null) && !Intrusive)
            return "--from and --to belong to the open-relay test, which is --intrusive";
        if (From is { } from && !IsAddress(from))
            return $"--from: \"{from}\" is no mail address";
        if (To is { } to && !IsAddress(to))
            return $"--to: \"{to}\" is no mail address";
        options = options with { From = From ?? options.From, To = To ?? options.To };
        return null;
    }

    // What goes between angle brackets into a command: nothing in it ends either.
    static bool IsAddress(string text) => text.Length <= 254 && text.LastIndexOf('@') is > 0 and var at && at < text.Length - 1
        && text.All(c => char.IsAscii(c) && !char.IsControl(c) && c is not (' ' or '<' or '>' or '"' or '\\'));

    static Parsed<DestinationConfiguration> ServerOf(string text)
    {
        Parsed<DestinationConfiguration> written = Addresses.Destination("server", text);
        if (written is { Problem: null, Value.Kind: not DestinationKind.Original })
            return written;
        Parsed<DestinationConfiguration> usual = Addresses.Destination("server", $"{(text.Contains(':') ? $"[{text.Trim('[', ']')}]" : text)}:{ProbeOptions.MailPort}");
        return usual.Problem is null ? usual : written;
    }
}
