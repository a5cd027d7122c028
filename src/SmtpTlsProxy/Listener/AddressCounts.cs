using System.Net;

namespace SmtpTlsProxy.Listener;

/// <summary>Live connections by address: IPv4 /32, mapped IPv6 as IPv4, IPv6 /64 (rule 6.2). Holds no more entries than there are connections.</summary>
sealed class AddressCounts
{
    readonly Dictionary<UInt128, int> _live = [];

    /// <summary>Counts one in, unless the address has <paramref name="limit"/> or more.</summary>
    public bool TryEnter(IPAddress address, int limit)
    {
        UInt128 key = AddressKey.Of(address);
        lock (_live)
        {
            int now = _live.GetValueOrDefault(key);
            if (now >= limit)
                return false;
            _live[key] = now + 1;
            return true;
        }
    }

    public void Leave(IPAddress address)
    {
        UInt128 key = AddressKey.Of(address);
        lock (_live)
        {
            if (_live[key] == 1)
                _live.Remove(key);
            else
                _live[key]--;
        }
    }
}
