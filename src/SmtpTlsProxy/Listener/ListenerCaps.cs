using System.Net;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Listener;

/// <summary>One listener's live connections, over all its addresses and all loops (rule 6.2).</summary>
sealed class ListenerCaps(ListenerConfiguration listener, TimeProvider time)
{
    readonly AddressCounts _addresses = new(listener.Limits.ConnectionsPerAddress);
    readonly AddressRates _rates = new(listener.Limits.ConnectionsPerMinutePerAddress, time);
    int _connections;

    /// <summary>Counts a connection in, or says which cap it met. Loopback and listed balancers are exempt from those by address.</summary>
    public Limit? TryEnter(IPAddress? address)
    {
        if (Interlocked.Increment(ref _connections) > listener.Limits.Connections)
        {
            Interlocked.Decrement(ref _connections);
            return Limit.Connections;
        }
        if (!IsCounted(address) || CapOf(address!) is not { } met)
            return null;
        Interlocked.Decrement(ref _connections);
        return met;
    }

    Limit? CapOf(IPAddress address)
    {
        if (!_addresses.TryEnter(address))
            return Limit.ConnectionsPerAddress;
        if (_rates.TryEnter(address))
            return null;
        _addresses.Leave(address);
        return Limit.ConnectionsPerMinutePerAddress;
    }

    public void Leave(IPAddress? address)
    {
        Interlocked.Decrement(ref _connections);
        if (IsCounted(address))
            _addresses.Leave(address!);
    }

    /// <summary>The <c>allow</c> list. A unix socket has no address: the file's mode decides.</summary>
    public bool Allows(IPAddress? address) =>
        listener.Allow is not { } networks || address is null || Networks.Contain(networks, address);

    // A balancer's own check (PROXY LOCAL, UNKNOWN) comes from the balancer's address.
    bool IsCounted(IPAddress? address) => address is not null && !IPAddress.IsLoopback(address) && !Networks.Contain(listener.ProxyProtocolFrom, address);
}
