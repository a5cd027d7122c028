namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>What a handshake waits for. Whatever it is, what was gathered is to be flushed.</summary>
public enum HandshakeStep : byte
{
    /// <summary>TLS stands; see the result.</summary>
    Done,

    /// <summary>The wire was read empty; more is needed.</summary>
    NeedsOctets,

    /// <summary>Too much is unsent; room is needed.</summary>
    NeedsRoom,

    /// <summary>It has failed; see the result. An alert may be gathered.</summary>
    Failed,
}
