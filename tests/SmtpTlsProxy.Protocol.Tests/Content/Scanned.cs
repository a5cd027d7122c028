using System.Text;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>What a scanner made of content that came in pieces, as the relay drives it: what is not consumed is offered again.</summary>
sealed class Scanned
{
    readonly List<byte> _output = [];

    public string Output => Encoding.Latin1.GetString([.. _output]);
    public string Left { get; private set; } = "";
    public long Size { get; private set; }
    public bool Ended { get; private set; }
    public bool SawBare { get; private set; }
    public int BareFound { get; private set; }
    public int MaxHeld { get; private set; }
    public int Steps { get; private set; }

    public static Scanned Of(BareNewlines mode, string content, params int[] cuts) => new(mode, Encoding.Latin1.GetBytes(content), cuts);

    Scanned(BareNewlines mode, byte[] content, int[] cuts)
    {
        DataScanner scanner = new(mode);
        int consumed = 0;
        foreach (int end in cuts.Append(content.Length))
        {
            Feed(ref scanner, content, end, ref consumed);
            MaxHeld = Ended ? MaxHeld : Math.Max(MaxHeld, end - consumed);
        }
        Left = Encoding.Latin1.GetString(content[consumed..]);
        Size = scanner.Size;
        SawBare = scanner.SawBare;
    }

    void Feed(ref DataScanner scanner, byte[] content, int end, ref int consumed)
    {
        bool needsMore = false;
        while (!Ended && !needsMore && consumed < end)
        {
            // A copy of its own: no octet outside the span can be looked at unnoticed.
            DataStep step = scanner.Scan(content[consumed..end]);
            Assert.True(step.Consumed > 0 || step.NeedsMore, "a step that moves nothing asks for more");
            _output.AddRange(step.Output);
            consumed += step.Consumed;
            Ended = step.Ended;
            needsMore = step.NeedsMore;
            BareFound += step.BareFound ? 1 : 0;
            Steps++;
        }
    }
}
