namespace SmtpTlsProxy.Protocol;

/// <summary>How far a reply has come.</summary>
public enum ReplyState : byte
{
    /// <summary>Its last line is not in yet.</summary>
    NeedsMore,

    /// <summary>It is whole.</summary>
    Complete,

    /// <summary>This is no SMTP reply, or one beyond all limits.</summary>
    Malformed,
}
