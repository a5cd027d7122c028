namespace SmtpTlsProxy.Transport.Loops;

/// <summary>What a waiter can cut off: a leg. So whoever holds the waiter can end both legs without knowing the session.</summary>
public interface IAbortable
{
    /// <summary>Ends at once, by a reset. Idempotent; on the loop only.</summary>
    void Abort();
}
