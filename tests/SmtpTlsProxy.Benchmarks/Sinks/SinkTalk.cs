using System.Buffers.Text;
using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Benchmarks.Sinks;

/// <summary>A server's side of SMTP that takes everything and keeps nothing but counts. Trusts its client: this is a bench, not a server.</summary>
sealed class SinkTalk(Leg leg, SinkServer server, bool offersStartTls)
{
    const string Hello = "250-sink.test\r\n250-PIPELINING\r\n250-SIZE 1000000000\r\n250-8BITMIME\r\n";
    static readonly byte[] s_hello = System.Text.Encoding.ASCII.GetBytes(Hello + "250 CHUNKING\r\n");
    static readonly byte[] s_helloInClear = System.Text.Encoding.ASCII.GetBytes(Hello + "250-STARTTLS\r\n250 CHUNKING\r\n");

    static ReadOnlySpan<byte> EndOfData => "\r\n.\r\n"u8;

    Checksum _sum;
    long _octets, _chunkLeft;
    bool _inData, _inChunk, _isLastChunk;

    public bool WantsTls { get; private set; }

    public bool HasQuit { get; private set; }

    /// <summary>Takes what it understands of these octets and says how many; 0: it needs more.</summary>
    public int Take(ReadOnlySpan<byte> octets) => _inData ? TakeData(octets) : _inChunk ? TakeChunk(octets) : TakeCommand(octets);

    int TakeCommand(ReadOnlySpan<byte> octets)
    {
        int end = octets.IndexOf((byte)'\n');
        if (end < 0)
            return 0;
        Answer(octets[..end]);
        return end + 1;
    }

    void Answer(ReadOnlySpan<byte> line)
    {
        switch (line[..Math.Min(4, line.Length)])
        {
            case [(byte)'E', (byte)'H', (byte)'L', (byte)'O']:
                leg.Write(offersStartTls ? s_helloInClear : s_hello);
                break;
            case [(byte)'D', (byte)'A', (byte)'T', (byte)'A']:
                _inData = true;
                leg.Write("354 go on\r\n"u8);
                break;
            case [(byte)'B', (byte)'D', (byte)'A', (byte)'T']:
                BeginChunk(line[5..]);
                break;
            case [(byte)'S', (byte)'T', (byte)'A', (byte)'R'] when offersStartTls:
                WantsTls = true;
                leg.Write("220 2.0.0 go ahead\r\n"u8);
                break;
            case [(byte)'Q', (byte)'U', (byte)'I', (byte)'T']:
                HasQuit = true;
                leg.Write("221 2.0.0 bye\r\n"u8);
                break;
            default:
                leg.Write("250 2.0.0 ok\r\n"u8);
                break;
        }
    }

    int TakeData(ReadOnlySpan<byte> octets)
    {
        int end = octets.IndexOf(EndOfData);
        if (end < 0)
            return Keep(octets[..^Undecided(octets)]);
        Keep(octets[..(end + 2)]);
        _inData = false;
        Finish();
        return end + EndOfData.Length;
    }

    // How many of the last octets may be the beginning of the end.
    static int Undecided(ReadOnlySpan<byte> octets)
    {
        for (int length = Math.Min(EndOfData.Length - 1, octets.Length); length > 0; length--)
        {
            if (octets[^length..].SequenceEqual(EndOfData[..length]))
                return length;
        }
        return 0;
    }

    void BeginChunk(ReadOnlySpan<byte> argument)
    {
        if (!Utf8Parser.TryParse(argument, out _chunkLeft, out int digits))
            throw new InvalidDataException("BDAT without a size");
        _isLastChunk = argument[digits..].IndexOf("LAST"u8) >= 0;
        _inChunk = true;
        EndChunk();
    }

    int TakeChunk(ReadOnlySpan<byte> octets)
    {
        int taken = Keep(octets[..(int)Math.Min(octets.Length, _chunkLeft)]);
        _chunkLeft -= taken;
        EndChunk();
        return taken;
    }

    void EndChunk()
    {
        if (_chunkLeft > 0)
            return;
        _inChunk = false;
        if (_isLastChunk)
            Finish();
        else
            leg.Write("250 2.0.0 chunk taken\r\n"u8);
    }

    int Keep(ReadOnlySpan<byte> content)
    {
        _sum.Add(content);
        _octets += content.Length;
        return content.Length;
    }

    void Finish()
    {
        server.Took(new SinkCounts(1, _octets, _sum.Value));
        (_sum, _octets) = (default, 0);
        leg.Write("250 2.0.0 taken\r\n"u8);
    }
}
