using System.Net;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Listener;

/// <summary>
/// One listener's live connections, over all its addresses and all loops (rule 6.2). The counts survive reloads; what they may reach is said by the
/// configuration that a session began with, on its way out too.
/// </summary>
sealed class ListenerCaps(TimeProvider time)
{
    readonly AddressCounts _addresses = new();
    readonly AddressRates _rates = new(time);
    int _connections;

    /// <summary>Counts a connection in, or says which cap it met. Loopback and listed balancers are exempt from those by address.</summary>
    public Limit? TryEnter(ListenerConfiguration listener, IPAddress? address)
    {
        if (Interlocked.Increment(ref _connections) > listener.Limits.Connections)
        {
            Interlocked.Decrement(ref _connections);
            return Limit.Connections;
        }
        if (!IsCounted(listener, address) || CapOf(listener.Limits, address!) is not { } met)
            return null;
        Interlocked.Decrement(ref _connections);
        return met;
    }

    Limit? CapOf(LimitConfiguration limits, IPAddress address)
    {
        if (!_addresses.TryEnter(address, limits.ConnectionsPerAddress))
            return Limit.ConnectionsPerAddress;
        if (_rates.TryEnter(address, limits.ConnectionsPerMinutePerAddress))
            return null;
        _addresses.Leave(address);
        return Limit.ConnectionsPerMinutePerAddress;
    }

    public void Leave(ListenerConfiguration listener, IPAddress? address)
    {
        Interlocked.Decrement(ref _connections);
        if (IsCounted(listener, address))
            _addresses.Leave(address!);
    }

    /// <summary>The <c>allow</c> list. A unix socket has no address: the file's mode decides.</summary>
    public static bool Allows(ListenerConfiguration listener, IPAddress? address) =>
        listener.Allow is not { } networks || address is null || Networks.Contain(networks, address);

    // A balancer's own check (PROXY LOCAL, UNKNOWN) comes from the balancer's address.
    static bool IsCounted(ListenerConfiguration listener, IPAddress? address) =>
        address is not null && !IPAddress.IsLoopback(address) && !Networks.Contain(listener.ProxyProtocolFrom, address);
}
