using System.Text;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Reference;

namespace SmtpTlsProxy.Fuzz;

/// <summary>The first octet chooses the word of rule 5.2 and the size of the pieces; the rest is content and what stands behind it.</summary>
static class DataTarget
{
    /// <summary>No more than this waits for what comes next: a run of blanks and NULs at a line's start, and a CRLF.</summary>
    const int MostHeld = 1100;

    public static void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        BareNewlines word = (BareNewlines)(input[0] & 3);
        string octets = Demand.Latin(input.AsSpan(1));
        string output = Scan(input.AsSpan(1), word, (input[0] >> 2) + 1, out int consumed, out bool ended, out bool bare);
        Act content = Client(octets, word);
        bool expected = content.Kind == ActKind.Content;
        Demand.That(ended == expected, $"content {(ended ? "ended" : "did not end")}");
        Demand.That(!ended || consumed == content.End - Prelude.Length, $"content ended at {consumed}, not at {content.End - Prelude.Length}");
        if (bare)
            Demand.That(ContentComparison.IsBeginning(output, content.Octets, expected, word), "another beginning went up");
        else if (ended)
            Demand.That(output.EndsWith(".\r\n") && ContentComparison.IsWhole(output[..^3], content.Octets, word), "other content went up");
        else
            Demand.That(ContentComparison.IsBeginning(output, content.Octets, clientEnded: false, word), "other content went up so far");
        if (word != BareNewlines.Pass)
            Lenient(octets, output, ended && !bare);
    }

    const string Prelude = "DATA\r\n";

    static Act Client(string octets, BareNewlines word) =>
        ReferenceClient.Read(Prelude + octets, "220 x\r\n354 x\r\n", word == BareNewlines.Accept).Acts[1];

    /// <summary>Every server sees the one end, behind everything, or none.</summary>
    static void Lenient(string client, string output, bool ended)
    {
        foreach (ReferenceServer server in ReferenceServer.Lenient.Where(server => server.IsPromised(client)))
        {
            Act seen = server.Read(Prelude + output, ["354 x\r\n"]).Acts[1];
            Demand.That(seen.Kind == (ended ? ActKind.Content : ActKind.OpenContent), $"a server where {server.Name} sees another end");
            Demand.That(!ended || seen.End == Prelude.Length + output.Length, $"a server where {server.Name} sees an earlier end");
        }
    }

    static string Scan(ReadOnlySpan<byte> octets, BareNewlines word, int piece, out int consumed, out bool ended, out bool bare)
    {
        DataScanner scanner = new(word);
        StringBuilder output = new();
        (consumed, ended, bare) = (0, false, false);
        for (int end = piece; !ended; end += piece)
        {
            int there = Math.Min(end, octets.Length);
            bool needsMore = false;
            while (!ended && !needsMore && consumed < there)
            {
                DataStep step = scanner.Scan(octets[consumed..there]);
                Demand.That(step.Consumed > 0 || step.NeedsMore, "a step moves nothing");
                output.Append(Demand.Latin(step.Output));
                (consumed, ended, bare, needsMore) = (consumed + step.Consumed, step.Ended, bare | step.BareFound, step.NeedsMore);
            }
            Demand.That(ended || there - consumed <= MostHeld, $"{there - consumed} octets are held");
            if (there == octets.Length)
                break;
        }
        return output.ToString();
    }
}
