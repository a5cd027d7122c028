namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Runtime.InteropServices;

/// <summary>
/// libssl 3.0 as it is: blittable, nothing renamed. Each function follows the manual page named beside it.
/// No SuppressGCTransition: whatever takes an SSL may call back.
/// </summary>
static unsafe partial class LibSsl
{
    internal const string Library = "libssl.so.3";

    // OPENSSL_init_ssl(3)
    [LibraryImport(Library)]
    internal static partial int OPENSSL_init_ssl(ulong options, nint settings);

    // TLS_server_method(3)
    [LibraryImport(Library)]
    internal static partial nint TLS_server_method();

    // TLS_client_method(3)
    [LibraryImport(Library)]
    internal static partial nint TLS_client_method();

    // SSL_CTX_new(3)
    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_new(nint method);

    // SSL_CTX_free(3)
    [LibraryImport(Library)]
    internal static partial void SSL_CTX_free(nint context);

    // SSL_CTX_ctrl(3)
    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_ctrl(nint context, int command, nint number, void* pointer);

    // SSL_CTX_callback_ctrl(3)
    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_callback_ctrl(nint context, int command, delegate* unmanaged<nint, int*, nint, int> callback);

    // SSL_CTX_set_options(3)
    [LibraryImport(Library)]
    internal static partial ulong SSL_CTX_set_options(nint context, ulong options);

    // SSL_CTX_clear_options(3)
    [LibraryImport(Library)]
    internal static partial ulong SSL_CTX_clear_options(nint context, ulong options);

    // SSL_CTX_set_cipher_list(3): TLS 1.2
    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_cipher_list(nint context, byte* list);

    // SSL_CTX_set_ciphersuites(3): TLS 1.3
    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_ciphersuites(nint context, byte* list);

    // SSL_CTX_set_session_id_context(3)
    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_session_id_context(nint context, byte* id, uint length);

    // SSL_CTX_set_num_tickets(3)
    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_num_tickets(nint context, nuint count);

    // SSL_CTX_set_max_early_data(3)
    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_max_early_data(nint context, uint octets);

    // SSL_CTX_use_certificate(3)
    [LibraryImport(Library)]
    internal static partial int SSL_CTX_use_certificate(nint context, nint certificate);

    // SSL_CTX_use_PrivateKey(3)
    [LibraryImport(Library)]
    internal static partial int SSL_CTX_use_PrivateKey(nint context, nint key);

    // SSL_CTX_check_private_key(3)
    [LibraryImport(Library)]
    internal static partial int SSL_CTX_check_private_key(nint context);

    // SSL_CTX_set_default_verify_paths(3)
    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_default_verify_paths(nint context);

    // SSL_CTX_get0_param(3)
    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_get0_param(nint context);

    // SSL_CTX_get_cert_store(3)
    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_get_cert_store(nint context);

    // SSL_CTX_set_alpn_select_cb(3)
    [LibraryImport(Library)]
    internal static partial void SSL_CTX_set_alpn_select_cb(
        nint context, delegate* unmanaged<nint, byte**, byte*, byte*, uint, nint, int> callback, nint argument);

    // SSL_CTX_add_client_CA(3): takes a reference of its own to the name
    [LibraryImport(Library)]
    internal static partial int SSL_CTX_add_client_CA(nint context, nint certificate);

    // SSL_CTX_set_session_ticket_cb(3)
    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_session_ticket_cb(
        nint context, nint generate, delegate* unmanaged<nint, nint, byte*, nuint, int, nint, int> decrypted, nint argument);

    // SSL_CTX_set_tlsext_ticket_key_cb(3)
    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_tlsext_ticket_key_evp_cb(nint context, delegate* unmanaged<nint, byte*, byte*, nint, nint, int, int> callback);

    // SSL_CTX_get0_certificate(3): the one that was set last
    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_get0_certificate(nint context);

    // SSL_get_certificate(3): the one that was chosen
    [LibraryImport(Library)]
    internal static partial nint SSL_get_certificate(nint ssl);

    // SSL_CTX_sess_set_new_cb(3)
    [LibraryImport(Library)]
    internal static partial void SSL_CTX_sess_set_new_cb(nint context, delegate* unmanaged<nint, nint, int> callback);

    // SSL_CTX_set_cert_verify_callback(3)
    [LibraryImport(Library)]
    internal static partial void SSL_CTX_set_cert_verify_callback(nint context, delegate* unmanaged<nint, nint, int> callback, nint argument);

    // SSL_get_ex_data_X509_STORE_CTX_idx(3)
    [LibraryImport(Library)]
    internal static partial int SSL_get_ex_data_X509_STORE_CTX_idx();

    // SSL_new(3)
    [LibraryImport(Library)]
    internal static partial nint SSL_new(nint context);

    // SSL_free(3)
    [LibraryImport(Library)]
    internal static partial void SSL_free(nint ssl);

    // SSL_set_bio(3)
    [LibraryImport(Library)]
    internal static partial void SSL_set_bio(nint ssl, nint read, nint write);

    // SSL_get_rbio(3)
    [LibraryImport(Library)]
    internal static partial nint SSL_get_rbio(nint ssl);

    // SSL_set_SSL_CTX(3)
    [LibraryImport(Library)]
    internal static partial nint SSL_set_SSL_CTX(nint ssl, nint context);

    // SSL_set_accept_state(3)
    [LibraryImport(Library)]
    internal static partial void SSL_set_accept_state(nint ssl);

    // SSL_set_connect_state(3)
    [LibraryImport(Library)]
    internal static partial void SSL_set_connect_state(nint ssl);

    // SSL_do_handshake(3)
    [LibraryImport(Library)]
    internal static partial int SSL_do_handshake(nint ssl);

    // SSL_read(3)
    [LibraryImport(Library)]
    internal static partial int SSL_read(nint ssl, byte* into, int length);

    // SSL_write(3)
    [LibraryImport(Library)]
    internal static partial int SSL_write(nint ssl, byte* octets, int length);

    // SSL_shutdown(3)
    [LibraryImport(Library)]
    internal static partial int SSL_shutdown(nint ssl);

    // SSL_set_shutdown(3)
    [LibraryImport(Library)]
    internal static partial void SSL_set_shutdown(nint ssl, int mode);

    // SSL_get_error(3)
    [LibraryImport(Library)]
    internal static partial int SSL_get_error(nint ssl, int result);

    // SSL_has_pending(3)
    [LibraryImport(Library)]
    internal static partial int SSL_has_pending(nint ssl);

    // SSL_ctrl(3)
    [LibraryImport(Library)]
    internal static partial nint SSL_ctrl(nint ssl, int command, nint number, void* pointer);

    // SSL_get_servername(3)
    [LibraryImport(Library)]
    internal static partial byte* SSL_get_servername(nint ssl, int type);

    // SSL_set_verify(3)
    [LibraryImport(Library)]
    internal static partial void SSL_set_verify(nint ssl, int mode, nint callback);

    // SSL_get_verify_result(3)
    [LibraryImport(Library)]
    internal static partial nint SSL_get_verify_result(nint ssl);

    // SSL_get0_param(3)
    [LibraryImport(Library)]
    internal static partial nint SSL_get0_param(nint ssl);

    // SSL_get0_peer_certificate(3)
    [LibraryImport(Library)]
    internal static partial nint SSL_get0_peer_certificate(nint ssl);

    // SSL_get_version(3)
    [LibraryImport(Library)]
    internal static partial byte* SSL_get_version(nint ssl);

    // SSL_get_version(3)
    [LibraryImport(Library)]
    internal static partial int SSL_version(nint ssl);

    // SSL_get_current_cipher(3)
    [LibraryImport(Library)]
    internal static partial nint SSL_get_current_cipher(nint ssl);

    // SSL_CIPHER_standard_name(3)
    [LibraryImport(Library)]
    internal static partial byte* SSL_CIPHER_standard_name(nint cipher);

    // SSL_group_to_name(3)
    [LibraryImport(Library)]
    internal static partial byte* SSL_group_to_name(nint ssl, int id);

    // SSL_session_reused(3)
    [LibraryImport(Library)]
    internal static partial int SSL_session_reused(nint ssl);

    // SSL_set_session(3)
    [LibraryImport(Library)]
    internal static partial int SSL_set_session(nint ssl, nint session);

    // SSL_SESSION_free(3)
    [LibraryImport(Library)]
    internal static partial void SSL_SESSION_free(nint session);

    // SSL_SESSION_up_ref(3)
    [LibraryImport(Library)]
    internal static partial int SSL_SESSION_up_ref(nint session);

    // SSL_SESSION_is_resumable(3)
    [LibraryImport(Library)]
    internal static partial int SSL_SESSION_is_resumable(nint session);

    // SSL_SESSION_get_protocol_version(3)
    [LibraryImport(Library)]
    internal static partial int SSL_SESSION_get_protocol_version(nint session);

    // SSL_SESSION_get0_peer(3)
    [LibraryImport(Library)]
    internal static partial nint SSL_SESSION_get0_peer(nint session);
}
