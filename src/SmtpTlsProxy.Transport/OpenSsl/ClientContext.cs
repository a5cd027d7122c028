namespace SmtpTlsProxy.Transport.OpenSsl;

using static SslConstants;

/// <summary>Builds a client's SSL_CTX: its roots and its pool of sessions.</summary>
static unsafe class ClientContext
{
    internal static ServerNames? Build(ContextHandle handle, TlsClientOptions options)
    {
        nint context = ContextPolicy.NewContext(handle, LibSsl.TLS_client_method(), options.Policy);
        if (options.Examine is not Examination.None)
            ContextPolicy.Weaken(context, options.Examine);
        LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE, null);
        if (options.SystemRoots)
            ContextPolicy.Require(LibSsl.SSL_CTX_set_default_verify_paths(context), "the system's roots");
        if (options.CaPem is { } pem)
            Roots.Read(pem, root => Roots.Trust(context, root));
        if (options.Certificate is { } own)
            ServerContext.Use(context, own);
        // Whoever names an intermediate, or a server's own certificate, trusts just that.
        LibCrypto.X509_VERIFY_PARAM_set_flags(LibSsl.SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
        TlsCallbacks.InstallClient(context);
        handle.Sessions = new SessionPool();
        return null;
    }
}
