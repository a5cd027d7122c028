using System.Text;
using SmtpTlsProxy.Benchmarks.Sinks;

namespace SmtpTlsProxy.Benchmarks.Load;

/// <summary>A message of usual lines: one block, sent so many times. No line begins with a dot, so that DATA and BDAT carry the same octets.</summary>
sealed class Letter
{
    const string Line = "The quick brown fox jumps over the lazy dog, and then it sleeps for a while.\r\n";

    public Letter(int blockSize, int blocks)
    {
        Block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Line, blockSize / Line.Length)));
        Blocks = blocks;
        Checksum sum = default;
        for (int block = 0; block < blocks; block++)
            sum.Add(Block);
        Counts = new SinkCounts(1, (long)Block.Length * blocks, sum.Value);
    }

    public byte[] Block { get; }

    public int Blocks { get; }

    /// <summary>What a sink must have counted for it.</summary>
    public SinkCounts Counts { get; }

    public static Letter Small { get; } = new(4096, 1);

    /// <summary>So many MB (10^6), in blocks that are chunks, too.</summary>
    public static Letter OfMegabytes(int megabytes) => new(256 * 1024, Math.Max(1, (int)Math.Round(megabytes * 1e6 / (256 * 1024))));
}
