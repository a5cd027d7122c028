namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using System.IO.Pipelines;
using SmtpTlsProxy.Transport.OpenSsl;

/// <summary>A wire whose other end is a stream: for peers that are not ours.</summary>
sealed class StreamWire : Wire
{
    readonly Pipe _toUs = new(new PipeOptions(pauseWriterThreshold: 0));
    readonly Pipe _toPeer = new(new PipeOptions(pauseWriterThreshold: 0));
    bool _ended;

    public StreamWire() => Peer = new Duplex(_toPeer.Reader.AsStream(), _toUs.Writer.AsStream());

    public Stream Peer { get; }

    // Asked again and again by the test: whether it is drained is not known here.
    public override bool IsReadable => !_ended;

    public override bool IsWritable => true;

    public override int Receive(Span<byte> into)
    {
        if (!_toUs.Reader.TryRead(out ReadResult read))
            return WouldBlock;
        int count = (int)Math.Min(into.Length, read.Buffer.Length);
        Span<byte> rest = into;
        foreach (ReadOnlyMemory<byte> part in read.Buffer.Slice(0, count))
        {
            part.Span.CopyTo(rest);
            rest = rest[part.Length..];
        }
        _toUs.Reader.AdvanceTo(read.Buffer.GetPosition(count));
        _ended = count == 0 && read.IsCompleted;
        return count == 0 && !read.IsCompleted ? WouldBlock : count;
    }

    public override int Send(ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(_toPeer.Writer.GetSpan(octets.Length));
        _toPeer.Writer.Advance(octets.Length);
        ValueTask<FlushResult> flushed = _toPeer.Writer.FlushAsync();
        Assert.True(flushed.IsCompleted);
        return octets.Length;
    }

    public override int Peek(Span<byte> into) => WouldBlock;

    public override void ShutdownSend() => _toPeer.Writer.Complete();

    public override void Close(bool reset) => ShutdownSend();

    sealed class Duplex(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default) => input.ReadAsync(buffer, cancellation);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellation) =>
            input.ReadAsync(buffer, offset, count, cancellation);

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation = default) => output.WriteAsync(buffer, cancellation);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellation) =>
            output.WriteAsync(buffer, offset, count, cancellation);

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override void Flush() => output.Flush();

        public override Task FlushAsync(CancellationToken cancellation) => output.FlushAsync(cancellation);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing) => output.Dispose();
    }
}
