namespace SmtpTlsProxy.Configuration;

/// <summary>One key: all that the reader, the schema, the reference and <c>check --print</c> know of it.</summary>
/// <param name="Path">The path; <c>*</c> stands for a name that the operator chooses.</param>
/// <param name="Type">How its value is written.</param>
/// <param name="Doc">One line for people.</param>
sealed record KeyDefinition(string Path, KeyType Type, string Doc)
{
    /// <summary>What holds where the key is not written; null: nothing, or it depends (see <see cref="DefaultDoc"/>).</summary>
    public string? Default { get; init; }

    /// <summary>The default in words where it depends on something else.</summary>
    public string? DefaultDoc { get; init; }

    /// <summary>There is no default: the key must be written.</summary>
    public bool Required { get; init; }

    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Least and greatest number, or octets of a size.</summary>
    public long Min { get; init; } = 1;
    public long Max { get; init; } = long.MaxValue;

    /// <summary>What RFC 5321 section 4.5.3.2 asks for at least; below it is a warning.</summary>
    public TimeSpan? StandardMinimum { get; init; }

    /// <summary>False: only a restart can change it.</summary>
    public bool Reloadable { get; init; } = true;

    /// <summary>The value must not be shown.</summary>
    public bool Secret { get; init; }

    /// <summary>False: read and validated, without effect yet.</summary>
    public bool InForce { get; init; } = true;

    /// <summary>Words of a key in force that have no effect yet.</summary>
    public IReadOnlyList<string> WordsNotInForce { get; init; } = [];

    public string Segment => Path[(Path.LastIndexOf('.') + 1)..];

    public string DefaultText => DefaultDoc ?? Default ?? (Required ? "required" : "none");
}
