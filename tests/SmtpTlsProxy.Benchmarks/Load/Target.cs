using System.Net;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Benchmarks.Load;

/// <summary>Whom a client connects to, and how. No context: in the clear.</summary>
sealed record Target(int Port, TlsKind Tls, TlsContext? Context)
{
    /// <summary>The name in the certificate.</summary>
    public const string Name = "mail.test";

    static readonly TlsTarget s_whom = new() { ServerName = Name };

    public IPEndPoint EndPoint { get; } = new(IPAddress.Loopback, Port);

    public TlsTarget Whom => s_whom;

    public bool IsImplicit => Context is not null && Tls is TlsKind.Implicit;

    public bool IsStartTls => Context is not null && Tls is TlsKind.StartTls;
}
