using CsCheck;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>Rules 5.1 to 5.3 over content that is mostly line ends and dots.</summary>
public class DataScannerProperties
{
    static readonly string[] _pieces = ["\r", "\n", ".", "\0", "a", "\r\n", "\r\n.", "\n.", "\r\n.\r\n", "a fairly long line of text\r\n", ".\0", "\r\r"];

    static readonly Gen<string> _content = Gen.Int[0, _pieces.Length - 1].Array[0, 24].Select(choice => string.Concat(choice.Select(index => _pieces[index])));

    static readonly Gen<(BareNewlines Mode, string Content, int[] Cuts)> _cut = Gen.Select(
        Gen.Enum<BareNewlines>(), _content, Gen.Int[0, 200].Array[0, 6],
        (mode, content, cuts) => (mode, content, cuts.Where(cut => cut <= content.Length).Order().ToArray()));

    [Fact]
    public void Rule5_1_CutsChangeNothing() => _cut.Sample(sample =>
    {
        Scanned whole = Scanned.Of(sample.Mode, sample.Content), cut = Scanned.Of(sample.Mode, sample.Content, sample.Cuts);
        return (whole.Output, whole.Left, whole.Size, whole.Ended, whole.SawBare, whole.BareFound)
            == (cut.Output, cut.Left, cut.Size, cut.Ended, cut.SawBare, cut.BareFound);
    }, iter: 20_000);

    [Fact]
    public void Rule5_1_TheEndIsTheClients() => _cut.Sample(sample =>
    {
        Scanned scanned = Scanned.Of(sample.Mode, sample.Content, sample.Cuts);
        List<int> ends = sample.Mode == BareNewlines.Accept ? Readers.LfClient(sample.Content) : Readers.Strict(sample.Content);
        return scanned.Ended == ends.Count > 0 && (!scanned.Ended || sample.Content.Length - scanned.Left.Length == ends[0]);
    }, iter: 20_000);

    [Fact]
    public void Rule5_2_EveryServerSeesOneEndOrNone() => _cut.Where(sample => sample.Mode != BareNewlines.Pass).Sample(sample =>
    {
        Scanned scanned = Scanned.Of(sample.Mode, sample.Content, sample.Cuts);
        int[] expected = scanned.Ended && scanned.BareFound == 0 ? [scanned.Output.Length] : [];
        return Readers.Lenient.All(reader => reader.Ends(scanned.Output).SequenceEqual(expected));
    }, iter: 20_000);

    [Fact]
    public void Rule5_2_NoBareOctetGoesOnUnlessPassed() => _cut.Where(sample => sample.Mode != BareNewlines.Pass).Sample(sample =>
        Scanned.Of(sample.Mode, sample.Content, sample.Cuts).Output.Replace("\r\n", "").IndexOfAny(['\r', '\n']) < 0, iter: 20_000);

    [Fact]
    public void Rule5_2_RejectSendsTheContentBeforeItsFirstBareOctet() => _content.Where(content => !content.Contains('\0')).Sample(content =>
    {
        Scanned scanned = Scanned.Of(BareNewlines.Reject, content);
        string blanked = content.Replace("\r\n", "##");
        int bare = blanked.IndexOfAny(['\r', '\n']);
        int sent = content.Length - scanned.Left.Length;
        string expected = bare < 0 || bare >= sent ? content[..sent] : content[..bare];
        return scanned.Output == expected;
    }, iter: 20_000);

    [Fact]
    public void Rule5_3_PassAndCleanContentAreUntouched() => _cut.Sample(sample =>
    {
        string clean = sample.Content.Replace("\r\n", "#").Replace("\r", "").Replace("\n", "").Replace("\0", "").Replace("#", "\r\n");
        string content = sample.Mode == BareNewlines.Pass ? sample.Content : clean;
        Scanned scanned = Scanned.Of(sample.Mode, content, [.. sample.Cuts.Where(cut => cut <= content.Length)]);
        return scanned.Output == content[..^scanned.Left.Length];
    }, iter: 20_000);

    [Fact]
    public void Rule5_2_NormalizingKeepsWhatAStrictServerReads() => _content.Select(content => content.Replace("\0", "").Replace("\r", "")).Sample(content =>
    {
        // An LF-line client that never sends the end: its lines arrive as it meant them, but for the lone dots that had to be told apart.
        string[] sent = content.Split('\n'), got = Scanned.Of(BareNewlines.Normalize, content + "\n").Output.Split("\r\n");
        return sent.Zip(got).All(line => line.Second == (line.First == "." ? ".." : line.First)) && got.Length == sent.Length + 1;
    }, iter: 5_000);
}
