using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Session;

/// <summary>
/// The last seconds of those a listener refuses. They count under no cap, so that only so many of them linger at once (rule 6.6); beyond that the
/// words are sent and the connection is closed at once: a flood of refusals must not hold descriptors.
/// </summary>
sealed class Refusals(int most = Refusals.Most)
{
    public const int Most = 128;

    int _lingering;

    /// <summary>Closes a client that has heard why, or nothing.</summary>
    public async ValueTask CloseAsync(Leg client)
    {
        bool lingers = Interlocked.Increment(ref _lingering) <= most;
        try
        {
            await client.CloseAsync(lingers ? Ends.Linger : TimeSpan.Zero);
        }
        finally
        {
            Interlocked.Decrement(ref _lingering);
        }
    }
}
