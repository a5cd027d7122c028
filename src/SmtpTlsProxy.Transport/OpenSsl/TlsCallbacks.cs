namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Runtime.InteropServices;
using static SslConstants;

/// <summary>
/// What OpenSSL asks in a handshake: which name, which protocol, where to keep a session. The answers are the connection's; here is only the border.
/// </summary>
static unsafe class TlsCallbacks
{
    internal static void InstallServer(nint context, bool enforceAlpn)
    {
        LibSsl.SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, &ServerNameAsked);
        LibSsl.SSL_CTX_set_alpn_select_cb(context, &ProtocolsOffered, enforceAlpn ? 1 : 0);
        delegate* unmanaged<nint, nint, int> status = &StatusAsked; // one callback_ctrl, whatever the callback
        LibSsl.SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, (delegate* unmanaged<nint, int*, nint, int>)status);
    }

    internal static void InstallClient(nint context)
    {
        LibSsl.SSL_CTX_sess_set_new_cb(context, &SessionGiven);
        LibSsl.SSL_CTX_set_cert_verify_callback(context, &PeerShown, 0);
    }

    internal static void InstallClientCertificates(nint context)
    {
        LibSsl.SSL_CTX_set_cert_verify_callback(context, &PeerShown, 0);
        LibSsl.SSL_CTX_set_session_ticket_cb(context, 0, &TicketOpened, 0);
    }

    // By the BIO, which knows it anyway: an index of application data costs each connection a table.
    static WireBio StateOf(nint ssl) => BioMethod.Of(LibCrypto.BIO_get_data(LibSsl.SSL_get_rbio(ssl)));

    internal static WireBio StateOfStore(nint store) => StateOf(LibCrypto.X509_STORE_CTX_get_ex_data(store, LibSsl.SSL_get_ex_data_X509_STORE_CTX_idx()));

    // In place of OpenSSL's own verification, which it calls. 1: good; otherwise the handshake ends, unless nobody enforces it.
    [UnmanagedCallersOnly]
    static int PeerShown(nint store, nint argument)
    {
        WireBio state = StateOfStore(store);
        try
        {
            return state.Connection.Judge(store) ? 1 : 0;
        }
        catch (Exception fault)
        {
            state.Fault ??= fault;
            return 0;
        }
    }

    [UnmanagedCallersOnly]
    internal static int TicketTouched(nint ssl, byte* name, byte* iv, nint cipher, nint mac, int encrypts)
    {
        WireBio state = StateOf(ssl);
        try
        {
            TicketKeys keys = state.Connection.TicketKeys;
            return encrypts != 0 ? TicketCipher.Encrypt(keys, name, iv, cipher, mac) : TicketCipher.Decrypt(keys, LibSsl.SSL_version(ssl) == TLS1_3_VERSION, name, iv, cipher, mac);
        }
        catch (Exception fault)
        {
            state.Fault ??= fault;
            return -1;
        }
    }

    // The answer becomes OpenSSL's, which frees it.
    [UnmanagedCallersOnly]
    static int StatusAsked(nint ssl, nint argument)
    {
        WireBio state = StateOf(ssl);
        try
        {
            if (state.Connection.Staple is not { } answer)
                return SSL_TLSEXT_ERR_NOACK;
            nint copy = LibCrypto.CRYPTO_malloc((nuint)answer.Length, null, 0);
            if (copy == 0)
                return SSL_TLSEXT_ERR_NOACK;
            answer.CopyTo(new Span<byte>((void*)copy, answer.Length));
            LibSsl.SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP, answer.Length, (void*)copy);
            return SSL_TLSEXT_ERR_OK;
        }
        catch (Exception fault)
        {
            state.Fault ??= fault;
            return SSL_TLSEXT_ERR_ALERT_FATAL;
        }
    }

    // A ticket that may not be resumed leads to a full handshake and a new one.
    [UnmanagedCallersOnly]
    static int TicketOpened(nint ssl, nint session, byte* keyName, nuint length, int status, nint argument)
    {
        WireBio state = StateOf(ssl);
        try
        {
            if (status is not (SSL_TICKET_SUCCESS or SSL_TICKET_SUCCESS_RENEW) || !state.Connection.MayResume(session))
                return SSL_TICKET_RETURN_IGNORE_RENEW;
            return status is SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
        }
        catch (Exception fault)
        {
            state.Fault ??= fault;
            return SSL_TICKET_RETURN_ABORT;
        }
    }

    [UnmanagedCallersOnly]
    static int ServerNameAsked(nint ssl, int* alert, nint argument)
    {
        WireBio state = StateOf(ssl);
        try
        {
            byte* name = LibSsl.SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
            if (name == null)
                return SSL_TLSEXT_ERR_NOACK;
            if (state.Connection.ChooseByName(Marshal.PtrToStringUTF8((nint)name)!))
                return SSL_TLSEXT_ERR_OK;
            // Without a match the default certificate is shown and the name is not acknowledged, or it is an error (RFC 6066 section 3).
            if (!state.Connection.RefusesUnknownName())
                return SSL_TLSEXT_ERR_NOACK;
            *alert = SSL_AD_UNRECOGNIZED_NAME;
            return SSL_TLSEXT_ERR_ALERT_FATAL;
        }
        catch (Exception fault)
        {
            state.Fault ??= fault;
            return SSL_TLSEXT_ERR_ALERT_FATAL;
        }
    }

    [UnmanagedCallersOnly]
    static int ProtocolsOffered(nint ssl, byte** chosen, byte* chosenLength, byte* offer, uint length, nint enforced)
    {
        WireBio state = StateOf(ssl);
        try
        {
            if (AlpnOffer.TryFindOurs(new ReadOnlySpan<byte>(offer, (int)length), out int start, out int chosenOctets))
            {
                *chosen = offer + start;
                *chosenLength = (byte)chosenOctets;
                return SSL_TLSEXT_ERR_OK;
            }
            state.Connection.NoteForeignProtocols();
            // Rule 3.6: no_application_protocol, against cross-protocol attacks (ALPACA).
            return enforced != 0 ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_NOACK;
        }
        catch (Exception fault)
        {
            state.Fault ??= fault;
            return SSL_TLSEXT_ERR_ALERT_FATAL;
        }
    }

    // 1: the reference is ours now.
    [UnmanagedCallersOnly]
    static int SessionGiven(nint ssl, nint session)
    {
        WireBio state = StateOf(ssl);
        try
        {
            return state.Connection.KeepSession(session) ? 1 : 0;
        }
        catch (Exception fault)
        {
            state.Fault ??= fault;
            return 0;
        }
    }
}
