namespace SmtpTlsProxy.Tests.Shared;

/// <summary>Where a transcript is played: the proxy between a client and a server that do what the player tells them.</summary>
abstract class Stage
{
    /// <summary>The client connects.</summary>
    public abstract Task ConnectAsync();

    /// <summary>With <paramref name="thenDeaf"/> that side hears no more in the clear: what comes is a handshake's, or a reset follows.</summary>
    public abstract Task SayAsync(Side who, byte[] octets, bool thenDeaf);

    /// <summary>So many of the next octets that this side hears; fewer if there are no more.</summary>
    public abstract Task<byte[]> HearAsync(Side who, int count);

    /// <summary>Octets up to the next LF; fewer if there are no more.</summary>
    public abstract Task<byte[]> HearLineAsync(Side who);

    /// <summary>All that was heard and not asked for yet.</summary>
    public abstract Task<byte[]> RestAsync(Side who);

    /// <summary>Between two steps: where everything has come to rest, what nobody asked for can be told.</summary>
    public virtual byte[] Unasked(Side who) => [];

    /// <summary>True when it succeeded.</summary>
    public abstract Task<bool> HandshakeAsync(Step.Handshake handshake);

    public abstract Task FinAsync(Side who);

    public abstract Task ResetAsync(Side who);

    /// <summary>How this side's input ended: <c>closed</c>, <c>aborted</c>, or <c>open</c>. Waits for an end where waiting is needed.</summary>
    public abstract Task<string> EndAsync(Side who);

    public abstract bool IsDialled { get; }

    public virtual Task AfterAsync(TimeSpan span) => throw new NotSupportedException("time does not move here");

    public abstract Task DrainAsync();
}
