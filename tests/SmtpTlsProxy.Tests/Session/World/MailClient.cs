namespace SmtpTlsProxy.Session;

/// <summary>An orderly client with one message: says the next word when the last was answered, gives up at the first refusal.</summary>
sealed class MailClient
{
    readonly Peer _peer;
    readonly Action _shake;
    readonly Queue<string> _words;
    string _said = "";
    bool _hasLeft;

    public MailClient(Peer peer, Action shake, bool startTls, string content)
    {
        (_peer, _shake) = (peer, shake);
        string[] opening = startTls ? ["EHLO c.test\r\n", "STARTTLS\r\n"] : [];
        _words = new([.. opening, "EHLO c.test\r\n", "MAIL FROM:<a@c.test>\r\n", "RCPT TO:<b@up.test>\r\n", "DATA\r\n", content + ".\r\n", "QUIT\r\n"]);
        peer.Reaction = React;
    }

    /// <summary>Final reply lines, in order.</summary>
    public List<string> Replies { get; } = [];

    /// <summary>The message was taken over, as far as the client knows.</summary>
    public bool WasAccepted { get; private set; }

    void React()
    {
        while (!_hasLeft && !_peer.HandshakeFailed && _peer.TakeLine() is { } line)
        {
            if (line.Length < 4 || line[3] != '-')
                Hear(line);
        }
        if (!_hasLeft && (_peer.HandshakeFailed || _peer.InputEnd is not Transport.OpenSsl.TlsRead.Empty))
            Leave();
    }

    void Hear(string reply)
    {
        Replies.Add(reply);
        WasAccepted |= _said.EndsWith("\r\n.\r\n", StringComparison.Ordinal) && reply.StartsWith('2');
        if (reply[0] is not ('2' or '3') || _words.Count == 0)
            Leave();
        else if (_said == "STARTTLS\r\n")
            UpgradeAndGoOn();
        else
            Say();
    }

    void UpgradeAndGoOn()
    {
        _shake();
        Action next = React;
        _said = "";
        _peer.Reaction = () =>
        {
            if (_peer.HandshakeFailed || _peer.InputEnd is not Transport.OpenSsl.TlsRead.Empty)
                Leave();
            if (!_peer.IsTls || _hasLeft)
                return;
            _peer.Reaction = next;
            Say();
        };
    }

    void Say()
    {
        _said = _words.Dequeue();
        _peer.Say(_said);
    }

    void Leave()
    {
        if (_hasLeft)
            return;
        _hasLeft = true;
        _peer.End();
    }
}
