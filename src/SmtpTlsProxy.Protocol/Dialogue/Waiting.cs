namespace SmtpTlsProxy.Protocol;

/// <summary>What the dialogue waits for; each has its own timer (rule 6.1).</summary>
public enum Awaits : byte
{
    /// <summary>The client's next command line (<c>timeouts.command</c>).</summary>
    Command,

    /// <summary>The upstream's reply to a command, a greeting included (<c>timeouts.reply</c>).</summary>
    Reply,

    /// <summary>The next octets of content or of a chunk, or room for them upstream (<c>timeouts.dataBlock</c>).</summary>
    DataBlock,

    /// <summary>The upstream's reply to the end of a message (<c>timeouts.dataTermination</c>).</summary>
    DataTermination,

    /// <summary>The upstream's reply to QUIT (<c>timeouts.quit</c>).</summary>
    Quit,
}

/// <summary>A wait with a serial that moves whenever its timer starts anew: a whole line or reply was done, or content octets moved.</summary>
/// <param name="For">What is awaited.</param>
/// <param name="Serial">Changes when the timer is to start anew.</param>
public readonly record struct Waiting(Awaits For, uint Serial);

/// <summary>How a leg's input ended.</summary>
public enum InputEnd : byte
{
    /// <summary>FIN in clear, or close_notify under TLS.</summary>
    Orderly,

    /// <summary>FIN under TLS without close_notify.</summary>
    Truncated,

    /// <summary>Reset, or a broken TLS record.</summary>
    Lost,
}
