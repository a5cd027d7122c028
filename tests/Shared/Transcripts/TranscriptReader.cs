namespace SmtpTlsProxy.Tests.Shared;

/// <summary>Reads a transcript; what it does not understand it refuses with the line's number.</summary>
sealed class TranscriptReader
{
    readonly List<Step> _steps = [];
    Transcript _head;
    int _line;
    bool _isJoined;

    TranscriptReader(string name) => _head = new Transcript { Name = name };

    public static Transcript Read(string name, IEnumerable<string> lines)
    {
        TranscriptReader reader = new(name);
        foreach (string line in lines)
            reader.TakeSafely(line);
        return reader._head with { Steps = reader._steps };
    }

    void TakeSafely(string line)
    {
        _line++;
        try
        {
            Take(line);
        }
        catch (Exception unread) when (unread is FormatException or IndexOutOfRangeException or ArgumentException)
        {
            throw new FormatException($"{_head.Name}, line {_line}: {unread.Message}: {line}", unread);
        }
    }

    void Take(string line)
    {
        bool wasJoined = _isJoined;
        _isJoined = false;
        if (line.Length == 0 || line[0] == '#')
            return;
        if (line.Length >= 2 && line[0] is 'C' or 'U' && line[1] is '>' or '<' or ':')
            TakeStep(line[0] == 'C' ? Side.Client : Side.Upstream, line[1], TextOf(line), wasJoined);
        else
            TakeWord(line.Split(':', 2));
    }

    static string TextOf(string line) =>
        line.Length == 2 ? "" : line[2] == ' ' ? line[3..] : throw new FormatException("a space stands behind the speaker");

    void TakeStep(Side who, char kind, string text, bool wasJoined)
    {
        switch (kind)
        {
            case '>' when wasJoined && _steps[^1] is Step.Say said && said.Who == who:
                _steps[^1] = said with { Octets = [.. said.Octets, .. Octets.Parse(text)] };
                _isJoined = true;
                break;
            case '>':
                _steps.Add(new Step.Say(_line, who, Octets.Parse(text)));
                _isJoined = true;
                break;
            case '<' when text.EndsWith("...", StringComparison.Ordinal):
                _steps.Add(new Step.Hear(_line, who, Octets.Parse(text[..^3] + "\\"), IsPrefix: true));
                break;
            case '<':
                _steps.Add(new Step.Hear(_line, who, Octets.Parse(text), IsPrefix: false));
                break;
            default:
                _steps.Add(Event(who, text));
                break;
        }
    }

    Step Event(Side who, string text)
    {
        string[] words = text.Split(' ');
        return words[0] switch
        {
            "handshake" => new Step.Handshake(_line, who, words.Contains("fails"), Value(words, "cert="), Value(words, "alpn=")),
            "fin" => new Step.Fin(_line, who),
            "reset" => new Step.Reset(_line, who),
            "closed" => new Step.Ended(_line, who, Aborted: false),
            "aborted" => new Step.Ended(_line, who, Aborted: true),
            "silent" => new Step.Silent(_line, who),
            "not" when text == "not dialled" && who == Side.Upstream => new Step.NotDialled(_line),
            _ => throw new FormatException("no such event"),
        };
    }

    void TakeWord(string[] words)
    {
        string value = words.Length == 2 ? words[1].Trim() : "";
        switch (words[0])
        {
            case "rule": _head = _head with { Rules = [.. _head.Rules, .. value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)] }; break;
            case "listener": _head = _head with { Listener = Keys.Parse(value) }; break;
            case "upstream": _head = _head with { Upstream = Keys.Parse(value) }; break;
            case "proxy": _head = _head with { Proxy = Keys.Parse(value) }; break;
            case "cut": _head = _head with { MayBeCut = value == "any" || (value == "whole" ? false : throw new FormatException("any or whole")) }; break;
            case "dial": _head = _head with { Dial = Enum.Parse<Dial>(value, ignoreCase: true) }; break;
            case "time": _steps.Add(new Step.Time(_line, Span(value))); break;
            case "drain": _steps.Add(new Step.Drain(_line)); break;
            default: throw new FormatException("no such word");
        }
    }

    static TimeSpan Span(string text) => text[^1] switch
    {
        's' => TimeSpan.FromSeconds(int.Parse(text[..^1])),
        'm' => TimeSpan.FromMinutes(int.Parse(text[..^1])),
        _ => throw new FormatException("seconds (30s) or minutes (5m)"),
    };

    static string? Value(string[] words, string key) => words.FirstOrDefault(word => word.StartsWith(key, StringComparison.Ordinal))?[key.Length..];
}
