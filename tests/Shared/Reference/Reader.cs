namespace SmtpTlsProxy.Reference;

/// <summary>
/// Reads one whole side of a conversation, slowly and obviously: the n-th thing that asks for a reply got the n-th reply. Both the server's
/// view (octets that reached it, replies it gave) and the client's (octets it sent, replies it heard) are read this way.
/// </summary>
sealed class Reader(string octets, IReadOnlyList<string> replies, Habits commands, Habits content, bool isServer)
{
    /// <summary>Servers split at any white space, and at NUL; the client's verb ends at SP (rule 2.9).</summary>
    static readonly char[] _blanks = [' ', '\t', '\v', '\f', '\r', '\0'];

    readonly List<Act> _acts = [];
    int _at, _reply;
    string? _sender;
    string _recipients = "", _chunks = "";

    public Reading Read()
    {
        while (TryCommand())
        {
        }
        return new Reading(_acts, octets[_at..], [.. replies.Skip(_reply)]);
    }

    Act Answered(ActKind kind, string text, int start) => _reply < replies.Count
        ? new Act(kind, text, replies[_reply], start, _at) { ReplyIndex = _reply++ }
        : new Act(kind, text, null, start, _at);

    /// <summary>False when nothing more is read: the line is not in, or the conversation is over.</summary>
    bool TryCommand()
    {
        int start = _at;
        if (!commands.TryLine(octets, _at, out string line, out _at))
            return false;
        string verb = line.Split(isServer ? _blanks : [' '])[0].ToUpperInvariant();
        Act act = Answered(ActKind.Command, line, start) with { Verb = verb };
        return verb switch
        {
            "BDAT" when TrySize(line, out long size, out bool last) => Chunk(act, size, last),
            "DATA" when act.Code == 354 => Add(act) && Content(),
            "AUTH" when act.Code == 334 => Add(act) && Responses(),
            "DATA" or "AUTH" or "QUIT" or "STARTTLS" when act.Reply is null => Add(act) && false,
            "QUIT" when act.IsPositive => Add(act) && false,
            _ => Add(Envelope(act)) && !IsOver(act),
        };
    }

    /// <summary>A server that says 421 reads no more; a client may have sent more before it heard it.</summary>
    bool IsOver(Act act) => isServer && act.Code == 421;

    bool Add(Act act)
    {
        _acts.Add(act);
        return true;
    }

    Act Envelope(Act act)
    {
        if (act.IsPositive && act.Verb is ("MAIL" or "RSET" or "EHLO" or "HELO" or "STARTTLS"))
            (_sender, _recipients, _chunks) = (act.Verb == "MAIL" ? act.Text : null, "", "");
        if (act.IsPositive && act.Verb == "RCPT")
            _recipients += act.Text + "\n";
        return act;
    }

    Message Take(string body)
    {
        Message message = new(_sender ?? "", _recipients, body);
        (_sender, _recipients, _chunks) = (null, "", "");
        return message;
    }

    bool Responses()
    {
        while (true)
        {
            int start = _at;
            if (!commands.TryLine(octets, _at, out string line, out _at))
                return false;
            Act act = Answered(ActKind.Response, line, start);
            Add(act);
            if (act.Code != 334)
                return act.Code != 0 && !IsOver(act);
        }
    }

    bool Content()
    {
        int start = _at, here = _at;
        while (content.TryLine(octets, here, out string line, out int next))
        {
            if (content.IsLoneDot(line))
            {
                string body = octets[start..here];
                _at = next;
                Act end = Answered(ActKind.Content, ".", start) with { Octets = body, Message = Take(body) };
                return Add(end) && !IsOver(end);
            }
            here = next;
        }
        _at = octets.Length;
        Add(Answered(ActKind.OpenContent, ".", start) with { Octets = octets[start..] });
        return false;
    }

    bool Chunk(Act act, long size, bool last)
    {
        int taken = (int)Math.Min(size, octets.Length - _at);
        string chunk = octets.Substring(_at, taken);
        _at += taken;
        if (act.Reply is null || act.IsPositive)
            _chunks += chunk;
        bool whole = taken == size;
        // A server that says 2xx before the last chunk is in answers for itself (rule 5.6: it is relayed when it comes).
        Message? message = last && (act.Reply is null ? whole : act.IsPositive) ? Take(_chunks) : null;
        Add(act with { Kind = ActKind.Chunk, End = _at, Octets = chunk, IsWhole = whole, Message = message });
        return whole && !IsOver(act);
    }

    /// <summary><c>BDAT SP digits [SP LAST]</c>, 63 bits (rule 2.5).</summary>
    public static bool TrySize(string line, out long size, out bool last)
    {
        string[] words = line.Split(' ');
        size = 0;
        last = words.Length == 3 && words[2].Equals("LAST", StringComparison.OrdinalIgnoreCase);
        return (words.Length == 2 || last) && words[1].Length > 0 && words[1].All(char.IsAsciiDigit)
            && long.TryParse(words[1], out size);
    }
}
