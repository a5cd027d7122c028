namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>
/// What connections of one policy share: certificates, or roots and kept sessions. Immutable, used by all loops. Tickets of one context mean nothing to
/// another (rule 3.7).
/// Connections outlive <see cref="Dispose"/>; a new one is refused after it. So whoever replaces a context with which standing sessions may yet upgrade
/// leaves the old one to its finalizer.
/// </summary>
public sealed class TlsContext : IDisposable
{
    TlsContext(ContextHandle handle, ServerNames? names, TlsServerOptions? server)
    {
        Handle = handle;
        Names = names;
        Server = server;
    }

    /// <summary>Accepts handshakes; otherwise it begins them.</summary>
    public bool IsServer => Names is not null;

    internal ContextHandle Handle { get; }

    internal ServerNames? Names { get; }

    internal TlsServerOptions? Server { get; }

    internal SessionPool? Sessions => Handle.Sessions;

    /// <summary>A server's context.</summary>
    /// <exception cref="TlsException">A certificate or key cannot be used.</exception>
    /// <exception cref="OpenSslUnavailableException">OpenSSL is absent or unfit.</exception>
    public static TlsContext ForServer(TlsServerOptions options) => Build(handle => ServerContext.Build(handle, options), options);

    /// <summary>A client's context.</summary>
    /// <exception cref="TlsException">The roots cannot be read.</exception>
    /// <exception cref="OpenSslUnavailableException">OpenSSL is absent or unfit.</exception>
    public static TlsContext ForClient(TlsClientOptions options) => Build(handle => ClientContext.Build(handle, options), null);

    /// <summary>Gives it back; what is native goes with the last connection.</summary>
    public void Dispose() => Handle.Dispose();

    static TlsContext Build(Func<ContextHandle, ServerNames?> fill, TlsServerOptions? server)
    {
        OpenSslLibrary.Load();
        ErrorQueue.Clear();
        ContextHandle handle = new();
        try
        {
            return new TlsContext(handle, fill(handle), server);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
        finally
        {
            // Decoders that tried another format leave their notes behind.
            ErrorQueue.Clear();
        }
    }
}
