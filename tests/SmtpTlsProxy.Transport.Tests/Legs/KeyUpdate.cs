using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Transport.Tests.Legs;

/// <summary>What the product never does, and a peer may.</summary>
static partial class KeyUpdate
{
    const int UpdateRequested = 1;

    /// <summary>The next write carries a KeyUpdate that wants one back (RFC 8446 section 4.6.3).</summary>
    internal static void Ask(Leg leg) => Assert.Equal(1, SSL_key_update(Ssl(Tls(leg)!), UpdateRequested));

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_tls")]
    private static extern ref TlsConnection? Tls(Leg leg);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_ssl")]
    private static extern ref nint Ssl(TlsConnection connection);

    [LibraryImport("libssl.so.3")]
    private static partial int SSL_key_update(nint ssl, int kind);
}
