using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Transport.Tests.Legs;

/// <summary>Counts what would be system calls.</summary>
sealed class CountingWire(Wire inner) : Wire
{
    internal int Receives { get; private set; }

    internal List<int> Sends { get; } = [];

    internal bool? ClosedByReset { get; private set; }

    internal bool IsShut { get; private set; }

    public override bool IsReadable => inner.IsReadable;

    public override bool IsWritable => inner.IsWritable;

    public override int Receive(Span<byte> into)
    {
        Receives++;
        return inner.Receive(into);
    }

    public override int Send(ReadOnlySpan<byte> octets)
    {
        int sent = inner.Send(octets);
        Sends.Add(sent);
        return sent;
    }

    public override int Peek(Span<byte> into) => inner.Peek(into);

    public override void ShutdownSend()
    {
        IsShut = true;
        inner.ShutdownSend();
    }

    public override void Close(bool reset)
    {
        Assert.Null(ClosedByReset);
        ClosedByReset = reset;
        inner.Close(reset);
    }
}
