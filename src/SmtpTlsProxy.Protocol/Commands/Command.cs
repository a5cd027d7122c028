namespace SmtpTlsProxy.Protocol;

/// <summary>One command line, taken apart; its spans lie in the line.</summary>
public readonly ref struct Command
{
    /// <summary>The verb of the table; also set, where it can be told, for a line that is at fault.</summary>
    public Verb Verb { get; init; }

    /// <summary>What is wrong with the line.</summary>
    public CommandFault Fault { get; init; }

    /// <summary>The verb as it was written.</summary>
    public ReadOnlySpan<byte> Word { get; init; }

    /// <summary>All that stands behind the verb's space, untouched.</summary>
    public ReadOnlySpan<byte> Rest { get; init; }

    /// <summary>The same without blanks around it.</summary>
    public ReadOnlySpan<byte> Argument => Rest.Trim(" \t"u8);

    /// <summary>What the rules ask about the verb.</summary>
    public VerbTraits Traits => VerbTable.TraitsOf(Verb);
}
