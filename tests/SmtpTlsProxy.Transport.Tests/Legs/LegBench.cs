using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Transport.Tests.Legs;

/// <summary>A leg over memory, on a loop that the test turns, in a time that the test moves. At the end nothing may be held.</summary>
sealed class LegBench : IDisposable
{
    internal static readonly EndPoint Nowhere = new IPEndPoint(IPAddress.Loopback, 25);

    internal LegBench()
    {
        Loop = new ManualLoop(Clock);
        Waiter = Loop.Enter();
        Memory = new MemoryWire { Edge = Waiter.SignalOctets };
        Wire = new CountingWire(Memory);
        Leg = new Leg(Waiter, Wire, Nowhere, Nowhere);
    }

    internal FakeTimeProvider Clock { get; } = new();

    internal ManualLoop Loop { get; }

    internal Waiter Waiter { get; }

    internal MemoryWire Memory { get; }

    internal CountingWire Wire { get; }

    internal Leg Leg { get; }

    internal string Taken => Encoding.Latin1.GetString(Memory.Taken);

    public void Dispose()
    {
        Waiter.AbortAll();
        Loop.Leave(Waiter);
        Assert.True(Loop.Counts.IsZero, Loop.Counts.ToString());
        Loop.Dispose();
    }

    internal static byte[] Octets(int count)
    {
        byte[] octets = new byte[count];
        for (int i = 0; i < count; i++)
            octets[i] = (byte)(i * 31 % 251);
        return octets;
    }

    /// <summary>Reads what can be had now and consumes it all.</summary>
    internal byte[] ReadAll(Leg leg, out ReadStatus ended)
    {
        List<byte> all = [];
        while ((ended = leg.TryRead(out ReadOnlySpan<byte> lent)) is ReadStatus.Data)
        {
            all.AddRange(lent);
            leg.Consume(lent.Length);
        }

        return [.. all];
    }

    internal void Advance(TimeSpan by)
    {
        Clock.Advance(by);
        Loop.RunUntilIdle();
    }
}
