namespace SmtpTlsProxy.Telemetry;

/// <summary>How the client leg was protected when a message ended.</summary>
enum ClientSecurity : byte { Clear, Tls, Mtls }

/// <summary>How the upstream leg was protected; <see cref="Verified"/>: chain, name and expiry were asked for and are right.</summary>
enum UpstreamSecurity : byte { Clear, Unverified, Verified }

/// <summary>How STARTTLS went on the client leg.</summary>
enum ListenerStartTls : byte { Used, NotUsed, Failed, Injection, AlreadyTls }

/// <summary>How STARTTLS went on the upstream leg; <see cref="Stripped"/> is counted beside the others where STARTTLS worked before.</summary>
enum UpstreamStartTls : byte { Used, NotOffered, Refused, Injection, Stripped }

/// <summary>The class of the upstream's reply; <see cref="None"/>: it never came.</summary>
enum ReplyClass : byte { Positive, Intermediate, Transient, Permanent, None }

/// <summary>How an attempt to get a safe connection to a destination ended: what failed, in the order in which things are tried.</summary>
enum ConnectResult : byte
{
    Ok, Dns, Refused, Unreachable, Timeout, NoDescriptor, ClientLost, Aborted,

    /// <summary>The greeting was not 220.</summary>
    Greeting,

    /// <summary>What came was not SMTP.</summary>
    Protocol,

    /// <summary>The server left.</summary>
    Closed,

    /// <summary>STARTTLS is required and was not to be had.</summary>
    StartTls,

    /// <summary>Octets stood behind STARTTLS's answer.</summary>
    Injection,

    /// <summary>The handshake failed.</summary>
    Tls,

    /// <summary>The server would not be told who the client is.</summary>
    Identity,

    Other,
}

/// <summary>A cap that ended or refused something; the words are the keys of <c>limits</c>, and that of an upstream's connections says so.</summary>
enum Limit : byte { Connections, ConnectionsPerAddress, ConnectionsPerMinutePerAddress, Handshakes, CommandLine, BadCommands, UpstreamConnections }

/// <summary>What an upstream connection took; zero for a phase that was not reached.</summary>
readonly record struct ConnectPhases(TimeSpan Dns, TimeSpan Tcp, TimeSpan Greeting, TimeSpan Tls, TimeSpan Ehlo);

/// <summary>Application octets of one session, by leg and direction.</summary>
readonly record struct SessionBytes(long ClientIn, long ClientOut, long UpstreamIn, long UpstreamOut);
