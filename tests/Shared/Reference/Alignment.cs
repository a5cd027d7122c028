namespace SmtpTlsProxy.Reference;

/// <summary>
/// Lays what the server did beside what the client sent, in order: each thing the server did must be one that the client asked for, with the
/// octets it sent and the reply it got; what the server never saw was answered by the proxy or not at all.
/// </summary>
sealed class Alignment(IReadOnlyList<Act> server, IReadOnlyList<Act> client, Transcript said)
{
    readonly bool?[,] _known = new bool?[server.Count + 1, client.Count + 1];

    public bool Exists() => Fits(0, 0);

    bool Fits(int s, int c)
    {
        if (_known[s, c] is { } known)
            return known;
        bool fits = Try(s, c);
        _known[s, c] = fits;
        return fits;
    }

    bool Try(int s, int c)
    {
        if (c == client.Count)
            return s == server.Count;
        if (s < server.Count && Same(server[s], client[c]) && Told(server[s], client[c]) && Fits(s + 1, c + 1))
            return true;
        if (s + 1 < server.Count && StoodIn(server[s], server[s + 1], client[c]) && Fits(s + 2, c + 1))
            return true;
        if (s < server.Count && server[s].Text == "RSET" && client[c].Verb == "STARTTLS" && Fits(s + 1, c))
            return true;                                // rule 3.2: a transaction is reset before the 220
        return AnsweredHere(client[c]) && Fits(s, c + 1);
    }

    /// <summary>By the proxy, or not at all; and the upstream's 421 is relayed at once.</summary>
    bool AnsweredHere(Act act) => act.Reply is null || OwnWords.Answers(act) || (act.Code == 421 && said.FromUpstream.Contains(act.Reply));

    bool Same(Act s, Act c) => s.Kind switch
    {
        ActKind.Content => c.Kind == ActKind.Content && ContentComparison.IsWhole(s.Octets, c.Octets, said.BareNewlines)
            && (s.Message!.Sender, s.Message.Recipients) == (c.Message!.Sender, c.Message.Recipients),
        ActKind.OpenContent => c.Kind is ActKind.Content or ActKind.OpenContent
            && ContentComparison.IsBeginning(s.Octets, c.Octets, c.Kind == ActKind.Content, said.BareNewlines),
        ActKind.Chunk => c.Kind == ActKind.Chunk && s.Text == c.Text && (s.IsWhole ? s.Octets == c.Octets : c.Octets.StartsWith(s.Octets, StringComparison.Ordinal))
            && (s.Message is null || !s.IsWhole || c.Reply is null || OwnWords.Refuses(c.Reply) || s.Message == c.Message),
        _ => s.Kind == c.Kind && s.Text == c.Text,
    };

    /// <summary>Replies pass byte for byte (rule 1.1), but for EHLO's, a session that ends, and a 2xx that came before content had gone.</summary>
    bool Told(Act s, Act c)
    {
        if (c.Reply is null)
            return true;
        if (s.Reply is null)
            return OwnWords.Replaces(c) || (c.Code == 421 && said.FromUpstream.Contains(c.Reply));
        return AsRelayed(s.Reply) == c.Reply || OwnWords.Replaces(c) || IsRewritten(s, c);
    }

    string AsRelayed(string reply) => said.LfReplies ? reply.Replace("\r\n", "\n").Replace("\n", "\r\n") : reply;

    static bool IsRewritten(Act s, Act c) =>
        s.Verb == "EHLO" && s.IsPositive && c.Code == s.Code && FirstLine(s.Reply!) == FirstLine(c.Reply!);

    static string FirstLine(string reply) => reply.Split('\n')[0].TrimEnd('\r') is { Length: > 4 } line ? line[4..] : "";

    /// <summary>Rule 1.4: HELO in place of an EHLO that the server refused.</summary>
    static bool StoodIn(Act ehlo, Act helo, Act client) =>
        ehlo.Verb == "EHLO" && helo.Verb == "HELO" && client.Verb == "EHLO" && ehlo.Text == client.Text && helo.Text[4..] == ehlo.Text[4..]
        && ehlo.Code is 500 or 501 or 502 or 504
        && (client.Reply is null || client.Code == helo.Code || OwnWords.Replaces(client));
}
