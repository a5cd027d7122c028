using System.Buffers.Binary;
using static SmtpTlsProxy.Protocol.VerbTraits;

namespace SmtpTlsProxy.Protocol;

/// <summary>The one table of verbs: its rows are all that the proxy knows by name.</summary>
public static class VerbTable
{
    /// <summary>No verb of the table is longer.</summary>
    const int MaxLength = sizeof(ulong);

    static readonly (string Name, Verb Verb, VerbTraits Traits)[] Rows =
    [
        ("EHLO", Verb.Ehlo, BeforeTls | BeforeHello),
        ("HELO", Verb.Helo, BeforeTls | BeforeHello),
        ("LHLO", Verb.Lhlo, None),
        ("MAIL", Verb.Mail, Pipelinable | MayBeRefused),
        ("RCPT", Verb.Rcpt, Pipelinable | MayBeRefused),
        ("DATA", Verb.Data, LooksBehind | MayBeRefused),
        ("BDAT", Verb.Bdat, Pipelinable | MayBeRefused),
        ("RSET", Verb.Rset, Pipelinable | BeforeTls | BeforeHello),
        ("NOOP", Verb.Noop, BeforeTls | BeforeHello),
        ("QUIT", Verb.Quit, BeforeTls | BeforeHello),
        ("VRFY", Verb.Vrfy, None),
        ("EXPN", Verb.Expn, None),
        ("HELP", Verb.Help, BeforeHello),
        ("AUTH", Verb.Auth, LooksBehind),
        ("STARTTLS", Verb.StartTls, BeforeTls),
        ("ETRN", Verb.Etrn, None),
    ];

    static readonly ulong[] Keys = Array.ConvertAll(Rows, row => Key(System.Text.Encoding.ASCII.GetBytes(row.Name)));

    static readonly VerbTraits[] Traits = ByVerb(row => row.Traits, None);

    static readonly string[] Names = ByVerb(row => row.Name, "other");

    /// <summary>The verb that a command's first word names, in any case; <see cref="Verb.Other"/> for none of the table.</summary>
    public static Verb Find(ReadOnlySpan<byte> word)
    {
        if (word.Length > MaxLength)
            return Verb.Other;
        int row = Keys.AsSpan().IndexOf(Key(word));
        return row < 0 ? Verb.Other : Rows[row].Verb;
    }

    /// <summary>What the rules ask about a verb.</summary>
    public static VerbTraits TraitsOf(Verb verb) => verb == Verb.Greeting ? LooksBehind | MayBeRefused : Traits[(int)verb];

    /// <summary>The verb's name as it stands in logs and labels; <c>other</c> for what is not in the table.</summary>
    public static string NameOf(Verb verb) => Names[(int)verb];

    // Clearing bit 5 makes capitals of letters, and a letter of nothing that was none.
    static ulong Key(ReadOnlySpan<byte> word)
    {
        Span<byte> octets = stackalloc byte[MaxLength];
        octets.Clear();
        word.CopyTo(octets);
        return BinaryPrimitives.ReadUInt64LittleEndian(octets) & 0xDFDF_DFDF_DFDF_DFDF;
    }

    static T[] ByVerb<T>(Func<(string Name, Verb Verb, VerbTraits Traits), T> value, T otherwise)
    {
        T[] values = new T[Rows.Max(row => (int)row.Verb) + 1];
        Array.Fill(values, otherwise);
        foreach ((string Name, Verb Verb, VerbTraits Traits) row in Rows)
            values[(int)row.Verb] = value(row);
        return values;
    }
}
