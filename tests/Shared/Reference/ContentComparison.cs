using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Reference;

/// <summary>Rules 5.2 and 5.3: what may become of content on its way.</summary>
static class ContentComparison
{
    /// <summary>The server's whole content is what the client's must have become.</summary>
    public static bool IsWhole(string server, string client, BareNewlines word) => word switch
    {
        BareNewlines.Pass => server == client,
        BareNewlines.Reject when HasBare(client) => false,
        _ => Follow(server, client, out int rest) && rest == 0,
    };

    /// <summary>The server's content is a beginning of what the client's becomes, the line of its dot included where the client sent that.</summary>
    public static bool IsBeginning(string server, string client, bool clientEnded, BareNewlines word)
    {
        if (word is BareNewlines.Pass)
            return (client + (clientEnded ? ".\r\n" : "")).StartsWith(server, StringComparison.Ordinal);
        if (word is BareNewlines.Reject)
            client = BeforeBare(client, ref clientEnded);
        if (!Follow(server, client, out int rest))
            return false;
        string tail = server[^rest..];
        return tail.Length == 0 || (clientEnded ? ".\r\n".StartsWith(tail, StringComparison.Ordinal) : !tail.Contains('\n'));
    }

    /// <summary>The first bare octet and all behind it stay here; a NUL beside a dot is disarmed all the same.</summary>
    static string BeforeBare(string content, ref bool ended)
    {
        int bare = content.Replace("\r\n", "##").AsSpan().IndexOfAny('\r', '\n');
        if (bare < 0)
            return content;
        ended = false;
        return content[..bare];
    }

    static bool HasBare(string octets) => octets.Replace("\r\n", "").AsSpan().ContainsAny('\r', '\n');

    /// <summary>Follows the normalized lines through what the server has; false where it has something else.</summary>
    static bool Follow(string server, string client, out int rest)
    {
        int at = 0;
        foreach ((string line, string? other) in ReferenceNormalizer.Lines(client))
        {
            string ahead = server[at..];
            string? taken = ahead.StartsWith(line, StringComparison.Ordinal) ? line
                : other is not null && ahead.StartsWith(other, StringComparison.Ordinal) ? other : null;
            if (taken is null)
            {
                rest = 0;
                return line.StartsWith(ahead, StringComparison.Ordinal) || other?.StartsWith(ahead, StringComparison.Ordinal) == true
                    || (other ?? line).StartsWith(ahead, StringComparison.Ordinal);
            }
            at += taken.Length;
        }
        rest = server.Length - at;
        return true;
    }
}
