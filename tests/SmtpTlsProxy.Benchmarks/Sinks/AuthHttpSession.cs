using System.Text;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Benchmarks.Sinks;

/// <summary>What nginx's mail module asks before it dials: every client may go to the plain sink.</summary>
sealed class AuthHttpSession(Leg leg, Waiter waiter, int sinkPort)
{
    readonly byte[] _answer = Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\nAuth-Status: OK\r\nAuth-Server: 127.0.0.1\r\nAuth-Port: {sinkPort}\r\n\r\n");

    public async Task RunAsync()
    {
        while (!HasRequest(out bool isOver))
        {
            if (isOver || (await waiter.NextAsync(waiter.Loop.In(TimeSpan.FromSeconds(10)))).IsTimer)
                return;
        }
        leg.Write(_answer);
        await leg.CloseAsync(TimeSpan.FromSeconds(2));
    }

    bool HasRequest(out bool isOver)
    {
        ReadStatus status = leg.TryRead(out ReadOnlySpan<byte> octets);
        isOver = status is not (ReadStatus.Data or ReadStatus.Empty);
        if (octets.EndsWith("\r\n\r\n"u8))
        {
            leg.Consume(octets.Length);
            return true;
        }
        if (status is ReadStatus.Data)
            leg.NeedMore();
        return false;
    }
}
