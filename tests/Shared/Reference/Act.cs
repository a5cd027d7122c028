namespace SmtpTlsProxy.Reference;

/// <summary>What a reader took a run of octets for.</summary>
public enum ActKind
{
    /// <summary>A command line.</summary>
    Command,

    /// <summary>A line of a SASL exchange, behind a 334.</summary>
    Response,

    /// <summary>BDAT with its chunk.</summary>
    Chunk,

    /// <summary>Content with its end.</summary>
    Content,

    /// <summary>Content whose end never came.</summary>
    OpenContent,
}

/// <summary>One thing that a reader did. Octets are Latin-1 characters throughout.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Text">The line without its end; for content a lone dot.</param>
/// <param name="Reply">What was answered, with its line ends; null: nothing.</param>
/// <param name="Start">Where it begins in the stream.</param>
/// <param name="End">Where it ends, line end, chunk or dot included.</param>
public sealed record Act(ActKind Kind, string Text, string? Reply, int Start, int End)
{
    /// <summary>Content without its end-of-data line, or the chunk.</summary>
    public string Octets { get; init; } = "";

    /// <summary>Which of the replies it got; -1: none.</summary>
    public int ReplyIndex { get; init; } = -1;

    /// <summary>The whole chunk is in.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>The message that ends here: at the end of content, or with the last chunk.</summary>
    public Message? Message { get; init; }

    /// <summary>The first word, in capitals.</summary>
    public string Verb { get; init; } = "";

    public int Code => Reply is null ? 0 : int.Parse(Reply.AsSpan(0, 3));

    public bool IsPositive => Code is >= 200 and < 300;
}

/// <summary>A message as a reader would take it: its accepted envelope and its octets as they stood on the wire.</summary>
public sealed record Message(string Sender, string Recipients, string Octets);

/// <summary>All that a reader did, what it left unread, and the replies that belong to nothing it read.</summary>
public sealed record Reading(IReadOnlyList<Act> Acts, string Rest, IReadOnlyList<string> Extra)
{
    public IEnumerable<Act> Accepted => Acts.Where(act => act.Message is not null && act.IsPositive);
}
