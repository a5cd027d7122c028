using System.Text;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Transport.Tests.OpenSsl;

namespace SmtpTlsProxy.Transport.Tests.Legs;

/// <summary>A client's and a server's leg, each the other's peer, on one loop that the test turns.</summary>
sealed class LegPair : IDisposable
{
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    static readonly TlsCertificate s_certificate = TestCertificates.Shared.For("mail.test");

    internal LegPair()
    {
        Loop = new ManualLoop(Clock);
        (ClientMemory, ServerMemory) = MemoryWire.Pair();
        (ClientWire, ServerWire) = (new CountingWire(ClientMemory), new CountingWire(ServerMemory));
        Client = NewLeg(ClientMemory, ClientWire);
        Server = NewLeg(ServerMemory, ServerWire);
    }

    internal FakeTimeProvider Clock { get; } = new();

    internal ManualLoop Loop { get; }

    internal MemoryWire ClientMemory { get; }

    internal MemoryWire ServerMemory { get; }

    internal CountingWire ClientWire { get; }

    internal CountingWire ServerWire { get; }

    internal Leg Client { get; }

    internal Leg Server { get; }

    public void Dispose()
    {
        foreach (Leg leg in (Leg[])[Client, Server])
        {
            leg.Abort();
            Loop.RunUntilIdle();
            Loop.Leave(leg.Waiter);
        }

        Assert.True(Loop.Counts.IsZero, Loop.Counts.ToString());
        Loop.Dispose();
    }

    internal static TlsContext ServerContext(TlsVersion newest = TlsVersion.Tls13) => TestContexts.Server(newest, s_certificate);

    /// <summary>Starts work on the loop and runs it as far as it goes.</summary>
    internal Task<T> Start<T>(Func<ValueTask<T>> work)
    {
        Task<T>? started = null;
        Loop.Post(() => started = work().AsTask());
        Loop.RunUntilIdle();
        return started!;
    }

    internal Task<bool> Start(Func<ValueTask> work) => Start(async () =>
    {
        await work();
        return true;
    });

    internal Task<HandshakeResult> UpgradeServer(TlsVersion newest = TlsVersion.Tls13) => Start(async () =>
    {
        using TlsContext context = ServerContext(newest);
        return await Server.UpgradeAsync(context, null, Limit);
    });

    internal Task<HandshakeResult> UpgradeClient() => Start(async () =>
    {
        using TlsContext context = TestContexts.Client();
        return await Client.UpgradeAsync(context, TestContexts.Enforced("mail.test"), Limit);
    });

    /// <summary>TLS stands on both.</summary>
    internal LegPair Upgrade(TlsVersion newest = TlsVersion.Tls13)
    {
        Task<HandshakeResult> server = UpgradeServer(newest);
        Task<HandshakeResult> client = UpgradeClient();
        Assert.Equal(HandshakeOutcome.Ok, Done(client).Outcome);
        Assert.Equal(HandshakeOutcome.Ok, Done(server).Outcome);
        return this;
    }

    internal static T Done<T>(Task<T> task)
    {
        Assert.True(task.IsCompleted, "It goes on waiting.");
        return task.GetAwaiter().GetResult();
    }

    internal static void Say(Leg leg, string words)
    {
        leg.Write(Encoding.Latin1.GetBytes(words));
        leg.Flush();
    }

    internal static string Hear(Leg leg) => Hear(leg, out _);

    internal static string Hear(Leg leg, out ReadStatus end)
    {
        StringBuilder heard = new();
        while ((end = leg.TryRead(out ReadOnlySpan<byte> lent)) is ReadStatus.Data)
        {
            heard.Append(Encoding.Latin1.GetString(lent));
            leg.Consume(lent.Length);
        }

        return heard.ToString();
    }

    internal void Advance(TimeSpan by)
    {
        Clock.Advance(by);
        Loop.RunUntilIdle();
    }

    Leg NewLeg(MemoryWire memory, Wire wire)
    {
        Waiter waiter = Loop.Enter();
        memory.Edge = waiter.SignalOctets;
        return new Leg(waiter, wire, LegBench.Nowhere, LegBench.Nowhere);
    }
}
