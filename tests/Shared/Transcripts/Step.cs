namespace SmtpTlsProxy.Tests.Shared;

/// <summary>One line of a transcript, or a group of lines that is said at once.</summary>
abstract record Step(int Line)
{
    /// <summary>It moves nothing.</summary>
    public bool OnlyLooks => this is Hear or Ended or Silent or NotDialled;

    /// <summary><c>C&gt;</c>, <c>U&gt;</c>: octets that leave in one segment.</summary>
    public sealed record Say(int Line, Side Who, byte[] Octets) : Step(Line);

    /// <summary><c>C&lt;</c>, <c>U&lt;</c>: what that side must hear next; of a prefix the rest of the line does not matter.</summary>
    public sealed record Hear(int Line, Side Who, byte[] Octets, bool IsPrefix) : Step(Line);

    /// <summary><c>C: handshake</c>, <c>U: handshake</c>: TLS, with the certificate for a name on the upstream's side.</summary>
    public sealed record Handshake(int Line, Side Who, bool Fails, string? Certificate, string? Alpn) : Step(Line);

    /// <summary><c>fin</c> (under TLS behind close_notify).</summary>
    public sealed record Fin(int Line, Side Who) : Step(Line);

    /// <summary><c>reset</c>.</summary>
    public sealed record Reset(int Line, Side Who) : Step(Line);

    /// <summary><c>closed</c>: the proxy ends in order. <c>aborted</c>: by RST.</summary>
    public sealed record Ended(int Line, Side Who, bool Aborted) : Step(Line);

    /// <summary><c>silent</c>: that side has heard no more than what stands above.</summary>
    public sealed record Silent(int Line, Side Who) : Step(Line);

    /// <summary><c>U: not dialled</c>.</summary>
    public sealed record NotDialled(int Line) : Step(Line);

    /// <summary><c>time: 5m</c>.</summary>
    public sealed record Time(int Line, TimeSpan Span) : Step(Line);

    /// <summary><c>drain</c>: SIGTERM.</summary>
    public sealed record Drain(int Line) : Step(Line);
}
