using System.Buffers;

namespace SmtpTlsProxy.Protocol;

/// <summary>Takes a command line apart and looks at its octets (rules 2.7, 2.9).</summary>
public static class CommandScanner
{
    static readonly SearchValues<byte> VerbOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    // Rule 2.9: 0-31 but TAB, and 127. Octets above 127 pass (RFC 6531).
    static readonly SearchValues<byte> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 128).Where(octet => octet is (< 32 and not '\t') or 127).Select(octet => (byte)octet)]);

    /// <summary>Scans one line, without its end.</summary>
    public static Command Scan(ReadOnlySpan<byte> line)
    {
        int space = line.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = space < 0 ? line : line[..space];
        int foreign = word.IndexOfAnyExcept(VerbOctets);
        ReadOnlySpan<byte> verb = foreign < 0 ? word : word[..foreign];
        return new Command
        {
            Verb = VerbTable.Find(verb),
            Fault = FaultOf(line, word, foreign),
            Word = word,
            Rest = space < 0 ? [] : line[(space + 1)..],
        };
    }

    static CommandFault FaultOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> word, int foreign)
    {
        if (IsHttpVerb(word) || (foreign > 0 && word[foreign] == ':'))
            return CommandFault.Http;
        // Servers split at any white space: XCLIENT<TAB>… would slip past the names of rule 2.8.
        bool isVerb = foreign < 0 && !word.IsEmpty && char.IsAsciiLetter((char)word[0]);
        return isVerb && !line.ContainsAny(Controls) ? CommandFault.None : CommandFault.Syntax;
    }

    // Cross-protocol requests (ALPACA, https://alpaca-attack.com): none of these is a command of any mail server.
    static bool IsHttpVerb(ReadOnlySpan<byte> word) => word.Length switch
    {
        3 => Is(word, "GET"u8) || Is(word, "PUT"u8) || Is(word, "PRI"u8),
        4 => Is(word, "POST"u8) || Is(word, "HEAD"u8),
        5 => Is(word, "TRACE"u8) || Is(word, "PATCH"u8),
        6 => Is(word, "DELETE"u8),
        7 => Is(word, "OPTIONS"u8) || Is(word, "CONNECT"u8),
        _ => false,
    };

    static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> verb) => System.Text.Ascii.EqualsIgnoreCase(word, verb);
}
