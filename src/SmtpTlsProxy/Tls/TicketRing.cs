using System.Security.Cryptography;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

/// <summary>
/// The process' ticket keys, apart from contexts and configurations, so that a reload loses no client's session. Made here and made anew every so often,
/// the one before decrypting for one period more; or those of a file that replicas share. Each listener gets keys of its own, derived from them, because a
/// ticket of one listener means nothing to another (rule 3.7).
/// </summary>
sealed class TicketRing : IDisposable
{
    const int SecretSize = 80;

    readonly Lock _lock = new();
    readonly ITimer _rotation;
    readonly Dictionary<string, TicketKeys> _byListener = [];
    IReadOnlyList<byte[]> _secrets = [NewSecret()];
    TimeSpan _period = Timeout.InfiniteTimeSpan;
    bool _isShared;

    public TicketRing(TimeProvider time) => _rotation = time.CreateTimer(_ => Rotate(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>The keys of a listener, the same object as long as the process lives.</summary>
    public TicketKeys Of(string listener)
    {
        lock (_lock)
        {
            if (!_byListener.TryGetValue(listener, out TicketKeys? keys))
                _byListener[listener] = keys = new TicketKeys(Derived(listener));
            return keys;
        }
    }

    /// <summary>What the configuration says holds from now on. <paramref name="shared"/>: the keys of its file; null: they are made here.</summary>
    public void Become(TicketConfiguration configuration, IReadOnlyList<byte[]>? shared)
    {
        lock (_lock)
        {
            bool wasShared = _isShared;
            _isShared = shared is not null;
            if (shared is not null)
                Hold(shared);
            else if (wasShared)
                Hold([NewSecret()]);
            TimeSpan period = _isShared ? Timeout.InfiniteTimeSpan : configuration.Rotation;
            if (period != _period)                                     // a reload of something else does not put it off
                _rotation.Change(period, period);
            _period = period;
        }
    }

    public void Dispose() => _rotation.Dispose();

    void Rotate()
    {
        lock (_lock)
        {
            if (!_isShared)
                Hold([NewSecret(), _secrets[0]]);
        }
    }

    void Hold(IReadOnlyList<byte[]> secrets)
    {
        _secrets = secrets;
        foreach ((string listener, TicketKeys keys) in _byListener)
            keys.Become(Derived(listener));
    }

    TicketKey[] Derived(string listener) => [.. _secrets.Select(secret => TicketKey.Derive(secret, $"smtp-tls-proxy ticket key, listener {listener}"))];

    static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretSize);
}
