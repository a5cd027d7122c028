namespace SmtpTlsProxy.Transport.OpenSsl;

using static SslConstants;

/// <summary>What a server's context needs to ask clients for certificates.</summary>
static unsafe class ClientCertificateContext
{
    internal static void Apply(nint context, TlsClientCertificates asked)
    {
        if (asked.CaPem is { } pem)
            Roots.Read(pem, authority =>
            {
                Roots.Trust(context, authority);
                ContextPolicy.Require(LibSsl.SSL_CTX_add_client_CA(context, authority), "an authority for clients");
            });
        // Whoever names an intermediate trusts just that.
        LibCrypto.X509_VERIFY_PARAM_set_flags(LibSsl.SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
        TlsCallbacks.InstallClientCertificates(context);
    }

    internal static void Ask(nint ssl, TlsClientCertificates asked) =>
        LibSsl.SSL_set_verify(ssl, SSL_VERIFY_PEER | (asked.IsRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), 0);

    /// <summary>
    /// A resumption shows no certificate: the ticket's must not have expired since, nor be missing where one is required (rule 3.7). That the rules for
    /// it are the same is the session identity's to see to.
    /// </summary>
    internal static bool MayResume(nint session, TlsClientCertificates asked)
    {
        nint peer = LibSsl.SSL_SESSION_get0_peer(session);
        return peer == 0 ? !asked.IsRequired : LibCrypto.X509_cmp_current_time(LibCrypto.X509_get0_notAfter(peer)) > 0;
    }
}
