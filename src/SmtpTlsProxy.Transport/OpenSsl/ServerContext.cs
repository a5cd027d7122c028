namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Security.Cryptography;
using System.Text;
using static SslConstants;

/// <summary>Builds a server's SSL_CTXs: one for each set of certificates that a name can choose.</summary>
static unsafe class ServerContext
{
    const int SessionIdContextSize = 32;

    internal static ServerNames Build(ContextHandle handle, TlsServerOptions options)
    {
        if (options.Certificates.Count == 0)
            throw new TlsException("no certificate");
        // RFC 5246 section 7.4.1.2, RFC 8446 section 4.6.1: a ticket is honoured by the context that issued it, and no other.
        byte[] identity = options.Tickets is { } tickets ? SHA256.HashData(Encoding.UTF8.GetBytes(tickets.Identity)) : RandomNumberGenerator.GetBytes(SessionIdContextSize);
        return ServerNames.Of(options.Certificates, chosen => NewContext(handle, options, chosen, identity));
    }

    static nint NewContext(ContextHandle handle, TlsServerOptions options, IReadOnlyList<TlsCertificate> chosen, ReadOnlySpan<byte> identity)
    {
        nint context = ContextPolicy.NewContext(handle, LibSsl.TLS_server_method(), options.Policy);
        // No cache of sessions: tickets carry them.
        LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, null);
        // One, not OpenSSL's two: a mail client keeps one session a server, and each ticket costs a handshake 2 % (Postfix does the same).
        ContextPolicy.Require(LibSsl.SSL_CTX_set_num_tickets(context, 1), "the number of tickets");
        fixed (byte* id = identity)
            ContextPolicy.Require(LibSsl.SSL_CTX_set_session_id_context(context, id, (uint)identity.Length), "the session identity");
        foreach (TlsCertificate certificate in chosen)
        {
            Use(context, certificate);
            handle.Leaves[LibSsl.SSL_CTX_get0_certificate(context)] = certificate;
        }
        if (options.ClientCertificates is { } asked)
            ClientCertificateContext.Apply(context, asked);
        if (options.Tickets is not null)
            ContextPolicy.Require(LibSsl.SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &TlsCallbacks.TicketTouched), "the keys of tickets");
        TlsCallbacks.InstallServer(context, options.EnforceAlpn);
        return context;
    }

    /// <summary>The context shows this certificate; a client's does where it is asked for one.</summary>
    internal static void Use(nint context, TlsCertificate certificate)
    {
        UseLeaf(context, certificate);
        UseKey(context, certificate);
        foreach (byte[] link in certificate.ChainDer.Skip(1))
            UseLink(context, certificate, link);
    }

    static void UseLeaf(nint context, TlsCertificate certificate)
    {
        nint leaf = Der.ParseCertificate(certificate.ChainDer[0]);
        int taken = LibSsl.SSL_CTX_use_certificate(context, leaf);
        LibCrypto.X509_free(leaf);
        ContextPolicy.Require(taken, $"certificate {certificate.Name}");
    }

    static void UseKey(nint context, TlsCertificate certificate)
    {
        nint key = Der.ParseKey(certificate.KeyPkcs8Der);
        int taken = LibSsl.SSL_CTX_use_PrivateKey(context, key);
        LibCrypto.EVP_PKEY_free(key);
        ContextPolicy.Require(taken, $"the key of certificate {certificate.Name}");
        ContextPolicy.Require(LibSsl.SSL_CTX_check_private_key(context), $"the key of certificate {certificate.Name}");
    }

    static void UseLink(nint context, TlsCertificate certificate, byte[] der)
    {
        nint link = Der.ParseCertificate(der);
        // 1: with a reference of its own
        nint taken = LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, (void*)link);
        LibCrypto.X509_free(link);
        ContextPolicy.Require(taken, $"the chain of certificate {certificate.Name}");
    }
}
