using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>
/// A bad line: two networks, each with a TUN device, and a thread of ours that carries IP packets between them and loses, delays and doubles
/// some, or all of a host's. The kernels' own TCP stands at both ends.
/// </summary>
sealed class TunLink : IAsyncDisposable
{
    public const byte NearHost = 1, FirstFarHost = 2, LastFarHost = 9;
    const short Readable = 1;
    const int Glance = 20;                                      // milliseconds until an idle link sees that it is over
    readonly ConcurrentDictionary<byte, Swallows> _holes = [];
    readonly TunDevice _near, _far;
    readonly LinkDirection _there, _back;
    readonly Thread _carrier;
    volatile bool _isOver;
    Exception? _fault;

    TunLink(LinkQuality quality)
    {
        (Near, Far) = (NetworkNamespace.Create(), NetworkNamespace.Create());
        (_near, _far) = (TunDevice.In(Near), TunDevice.In(Far));
        _there = new LinkDirection(_near, _far, quality, quality.Seed, IsSwallowed);
        _back = new LinkDirection(_far, _near, quality, ~quality.Seed, IsSwallowed);
        _carrier = new Thread(Carry) { IsBackground = true, Name = "link" };
    }

    /// <summary>Where the proxy lives: its address is that of <see cref="NearHost"/>.</summary>
    public NetworkNamespace Near { get; }

    /// <summary>Has the addresses of several hosts, so that each can vanish alone.</summary>
    public NetworkNamespace Far { get; }

    /// <summary>What became of the packets, there and back. Read when the link is quiet.</summary>
    public (LinkCounts There, LinkCounts Back) Counts => (_there.Counts, _back.Counts);

    public static string Address(byte host) => $"10.77.0.{host}";

    public static async Task<TunLink> StartAsync(LinkQuality? quality = null)
    {
        var link = new TunLink(quality ?? new LinkQuality());
        try
        {
            await RaiseAsync(link.Near, NearHost, NearHost);
            await RaiseAsync(link.Far, FirstFarHost, LastFarHost);
            link._carrier.Start();
            return link;
        }
        catch
        {
            link.Forget();
            throw;
        }
    }

    /// <summary>From now on packets from and to a far host get lost, all or <paramref name="only"/> some.</summary>
    public void Swallow(byte farHost, Swallows? only = null) => _holes[farHost] = only ?? (_ => true);

    public void Heal(byte farHost) => _holes.TryRemove(farHost, out _);

    public ValueTask DisposeAsync()
    {
        _isOver = true;
        _carrier.Join();
        Forget();
        Assert.Null(_fault);
        return ValueTask.CompletedTask;
    }

    static Task RaiseAsync(NetworkNamespace network, byte first, byte last) => network.MustAsync(
        [Needs.Tool("ip"), "-batch", "-"],
        string.Concat(Enumerable.Range(first, last - first + 1).Select(host => $"addr add {Address((byte)host)}/24 dev {TunDevice.Name}\n"))
            + $"link set lo up\nlink set {TunDevice.Name} up\n");

    void Carry()
    {
        try
        {
            Poll[] waits = [new() { Descriptor = _near.Descriptor, Events = Readable }, new() { Descriptor = _far.Descriptor, Events = Readable }];
            while (!_isOver)
            {
                Wait(waits, (nuint)waits.Length, Patience());
                _there.Take();
                _back.Take();
                _there.Arrive();
                _back.Arrive();
            }
        }
        catch (Exception fault)
        {
            _fault = fault;                                     // the test hears of it when it ends the link
        }
    }

    int Patience() => new[] { _there.MillisecondsLeft, _back.MillisecondsLeft, Glance }.Where(left => left >= 0).Min();

    bool IsSwallowed(byte[] octets)
    {
        var packet = new IpPacket(octets);
        return packet.IsTcp && _holes.TryGetValue(packet.FarHost, out Swallows? swallows) && swallows(packet);
    }

    void Forget()
    {
        _near.Dispose();
        _far.Dispose();
        Near.Dispose();
        Far.Dispose();
    }

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    static extern int Wait([In, Out] Poll[] waits, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    struct Poll
    {
        public int Descriptor;
        public short Events, Seen;
    }
}
