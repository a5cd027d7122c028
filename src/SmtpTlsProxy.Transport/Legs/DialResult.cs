namespace SmtpTlsProxy.Transport.Legs;

/// <summary>Why no connection came about.</summary>
public enum DialError : byte
{
    /// <summary>It did come about.</summary>
    None,

    /// <summary>Nobody listens there.</summary>
    Refused,

    /// <summary>No way leads there.</summary>
    Unreachable,

    /// <summary>The deadline passed.</summary>
    Timeout,

    /// <summary>The client left meanwhile, so nobody needs the connection any more.</summary>
    ClientLost,

    /// <summary>The process has no descriptor, port or memory for it.</summary>
    NoDescriptor,

    /// <summary>The session was ended meanwhile.</summary>
    Aborted,

    /// <summary>The system's words say why.</summary>
    Other,
}

/// <summary>What dialling brought: a leg, or why there is none.</summary>
/// <param name="Leg">Connected, in clear; null on an error.</param>
/// <param name="Error">Why there is none.</param>
/// <param name="Detail">The system's own words, for the log; empty on success.</param>
public readonly record struct DialResult(Leg? Leg, DialError Error, string Detail);
