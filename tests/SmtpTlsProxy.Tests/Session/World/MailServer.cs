using System.Text;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>An orderly server: answers each command and keeps what it was told.</summary>
sealed class MailServer
{
    Peer _peer = null!;
    readonly StringBuilder _message = new();
    readonly StringBuilder _say = new();
    bool _inData;
    bool _hasGreeted;

    /// <summary>What is offered beside the first line.</summary>
    public List<string> Offers { get; } = ["PIPELINING", "SIZE 1000000", "8BITMIME"];

    /// <summary>What is offered in the clear besides.</summary>
    public List<string> OffersInClear { get; } = [];

    /// <summary>The context that STARTTLS leads to; null: not offered.</summary>
    public TlsContext? StartTls { get; init; }

    /// <summary>Says something else to a command than an orderly server does.</summary>
    public Dictionary<string, string> Instead { get; } = [];

    /// <summary>Commands as they came, those in the clear first.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>Contents as they came, without the dot.</summary>
    public List<string> Messages { get; } = [];

    /// <summary>Serves this connection from now on.</summary>
    public MailServer Serve(Peer peer, string greeting = "220 up.test ESMTP\r\n")
    {
        _peer = peer;
        _inData = _hasGreeted = false;
        peer.Reaction = React;
        if (greeting.Length > 0)
            peer.Say(greeting);
        return this;
    }

    /// <summary>Greets as soon as TLS stands, once.</summary>
    public void GreetInsideTls()
    {
        if (!_peer.IsTls || _hasGreeted)
            return;
        _hasGreeted = true;
        _peer.Say("220 up.test ESMTP\r\n");
    }

    void React()
    {
        while (!_peer.HandshakeFailed && _peer.TakeLine() is { } line)
            Take(line);
        if (_say.Length == 0)
            return;
        _peer.Say(_say.ToString());
        _say.Clear();
    }

    void Take(string line)
    {
        if (_inData)
        {
            TakeContent(line);
            return;
        }
        Commands.Add(line);
        string verb = line.Split(' ')[0].ToUpperInvariant();
        if (Instead.TryGetValue(verb, out string? other))
        {
            _say.Append(other);
            return;
        }
        _inData = verb == "DATA";
        _say.Append(Answer(verb));
        if (verb == "STARTTLS" && StartTls is not null)
            Upgrade();
    }

    void TakeContent(string line)
    {
        if (line != ".")
        {
            _message.Append(line).Append("\r\n");
            return;
        }
        _inData = false;
        Messages.Add(_message.ToString());
        _message.Clear();
        _say.Append("250 2.0.0 queued\r\n");
    }

    string Answer(string verb) => verb switch
    {
        "EHLO" => EhloAnswer(),
        "DATA" => "354 go on\r\n",
        "QUIT" => "221 2.0.0 bye\r\n",
        "STARTTLS" => StartTls is null ? "502 5.5.1 no\r\n" : "220 2.0.0 ready\r\n",
        _ => "250 2.0.0 ok\r\n",
    };

    string EhloAnswer()
    {
        string[] lines = ["up.test", .. Offers, .. _peer.IsTls ? [] : OffersInClear, .. StartTls is null || _peer.IsTls ? Array.Empty<string>() : ["STARTTLS"]];
        return string.Concat(lines.Select((line, at) => $"250{(at == lines.Length - 1 ? ' ' : '-')}{line}\r\n"));
    }

    void Upgrade()
    {
        _peer.Say(_say.ToString());
        _say.Clear();
        _peer.Shake(StartTls!, null);
    }
}
