namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Runtime.InteropServices;

/// <summary>libcrypto 3.0 as it is; each function follows the manual page named beside it.</summary>
static unsafe partial class LibCrypto
{
    internal const string Library = "libcrypto.so.3";

    // OpenSSL_version_num(3)
    [LibraryImport(Library)]
    internal static partial ulong OpenSSL_version_num();

    // OpenSSL_version(3)
    [LibraryImport(Library)]
    internal static partial byte* OpenSSL_version(int which);

    // ERR_get_error(3)
    [LibraryImport(Library)]
    internal static partial ulong ERR_get_error();

    // ERR_peek_error(3)
    [LibraryImport(Library)]
    internal static partial ulong ERR_peek_error();

    // ERR_clear_error(3)
    [LibraryImport(Library)]
    internal static partial void ERR_clear_error();

    // ERR_reason_error_string(3)
    [LibraryImport(Library)]
    internal static partial byte* ERR_reason_error_string(ulong code);

    // ERR_error_string_n(3)
    [LibraryImport(Library)]
    internal static partial void ERR_error_string_n(ulong code, byte* into, nuint length);

    // BIO_get_new_index(3)
    [LibraryImport(Library)]
    internal static partial int BIO_get_new_index();

    // BIO_meth_new(3)
    [LibraryImport(Library)]
    internal static partial nint BIO_meth_new(int type, byte* name);

    // BIO_meth_set_read(3)
    [LibraryImport(Library)]
    internal static partial int BIO_meth_set_read(nint method, delegate* unmanaged<nint, byte*, int, int> read);

    // BIO_meth_set_write(3)
    [LibraryImport(Library)]
    internal static partial int BIO_meth_set_write(nint method, delegate* unmanaged<nint, byte*, int, int> write);

    // BIO_meth_set_ctrl(3)
    [LibraryImport(Library)]
    internal static partial int BIO_meth_set_ctrl(nint method, delegate* unmanaged<nint, int, nint, nint, nint> ctrl);

    // BIO_meth_set_destroy(3)
    [LibraryImport(Library)]
    internal static partial int BIO_meth_set_destroy(nint method, delegate* unmanaged<nint, int> destroy);

    // BIO_new(3)
    [LibraryImport(Library)]
    internal static partial nint BIO_new(nint method);

    // BIO_set_data(3)
    [LibraryImport(Library)]
    internal static partial void BIO_set_data(nint bio, nint data);

    // BIO_get_data(3)
    [LibraryImport(Library)]
    internal static partial nint BIO_get_data(nint bio);

    // BIO_set_init(3)
    [LibraryImport(Library)]
    internal static partial void BIO_set_init(nint bio, int init);

    // BIO_set_flags(3)
    [LibraryImport(Library)]
    internal static partial void BIO_set_flags(nint bio, int flags);

    // d2i_X509(3)
    [LibraryImport(Library)]
    internal static partial nint d2i_X509(nint* reuse, byte** der, nint length);

    // i2d_X509(3)
    [LibraryImport(Library)]
    internal static partial int i2d_X509(nint certificate, byte** der);

    // X509_free(3)
    [LibraryImport(Library)]
    internal static partial void X509_free(nint certificate);

    // X509_get0_notAfter(3)
    [LibraryImport(Library)]
    internal static partial nint X509_get0_notAfter(nint certificate);

    // X509_cmp_current_time(3)
    [LibraryImport(Library)]
    internal static partial int X509_cmp_current_time(nint time);

    // d2i_AutoPrivateKey(3)
    [LibraryImport(Library)]
    internal static partial nint d2i_AutoPrivateKey(nint* reuse, byte** der, nint length);

    // EVP_PKEY_free(3)
    [LibraryImport(Library)]
    internal static partial void EVP_PKEY_free(nint key);

    // EVP_aes_256_cbc(3)
    [LibraryImport(Library)]
    internal static partial nint EVP_aes_256_cbc();

    // EVP_EncryptInit(3)
    [LibraryImport(Library)]
    internal static partial int EVP_EncryptInit_ex(nint context, nint cipher, nint engine, byte* key, byte* iv);

    // EVP_EncryptInit(3)
    [LibraryImport(Library)]
    internal static partial int EVP_DecryptInit_ex(nint context, nint cipher, nint engine, byte* key, byte* iv);

    // EVP_MAC(3)
    [LibraryImport(Library)]
    internal static partial int EVP_MAC_init(nint context, byte* key, nuint length, TicketCipher.OsslParam* parameters);

    // X509_STORE_add_cert(3)
    [LibraryImport(Library)]
    internal static partial int X509_STORE_add_cert(nint store, nint certificate);

    // X509_VERIFY_PARAM_set_flags(3)
    [LibraryImport(Library)]
    internal static partial int X509_VERIFY_PARAM_set_flags(nint parameters, nuint flags);

    // X509_VERIFY_PARAM_set1_host(3)
    [LibraryImport(Library)]
    internal static partial int X509_VERIFY_PARAM_set1_host(nint parameters, byte* name, nuint length);

    // X509_VERIFY_PARAM_set_hostflags(3)
    [LibraryImport(Library)]
    internal static partial void X509_VERIFY_PARAM_set_hostflags(nint parameters, uint flags);

    // X509_VERIFY_PARAM_set1_ip(3)
    [LibraryImport(Library)]
    internal static partial int X509_VERIFY_PARAM_set1_ip(nint parameters, byte* address, nuint length);

    // X509_verify_cert(3)
    [LibraryImport(Library)]
    internal static partial int X509_verify_cert(nint store);

    // X509_STORE_CTX_get_error(3)
    [LibraryImport(Library)]
    internal static partial int X509_STORE_CTX_get_error(nint store);

    // X509_STORE_CTX_get_error(3)
    [LibraryImport(Library)]
    internal static partial void X509_STORE_CTX_set_error(nint store, int error);

    // X509_STORE_CTX_set_verify_cb(3)
    [LibraryImport(Library)]
    internal static partial void X509_STORE_CTX_set_verify_cb(nint store, delegate* unmanaged<int, nint, int> callback);

    // X509_STORE_CTX_get0_cert(3)
    [LibraryImport(Library)]
    internal static partial nint X509_STORE_CTX_get0_cert(nint store);

    // X509_STORE_CTX_set0_untrusted(3): what the peer sent, its own certificate first
    [LibraryImport(Library)]
    internal static partial nint X509_STORE_CTX_get0_untrusted(nint store);

    // X509_STORE_CTX_get_ex_data(3)
    [LibraryImport(Library)]
    internal static partial nint X509_STORE_CTX_get_ex_data(nint store, int index);

    // DEFINE_STACK_OF(3)
    [LibraryImport(Library)]
    internal static partial int OPENSSL_sk_num(nint stack);

    // DEFINE_STACK_OF(3)
    [LibraryImport(Library)]
    internal static partial nint OPENSSL_sk_value(nint stack, int at);

    // OCSP_REQUEST_new(3)
    [LibraryImport(Library)]
    internal static partial nint OCSP_REQUEST_new();

    // OCSP_REQUEST_new(3)
    [LibraryImport(Library)]
    internal static partial void OCSP_REQUEST_free(nint request);

    // OCSP_REQUEST_new(3): the id becomes its own
    [LibraryImport(Library)]
    internal static partial nint OCSP_request_add0_id(nint request, nint id);

    // d2i_X509(3)
    [LibraryImport(Library)]
    internal static partial int i2d_OCSP_REQUEST(nint request, byte** der);

    // d2i_X509(3)
    [LibraryImport(Library)]
    internal static partial nint d2i_OCSP_RESPONSE(nint* reuse, byte** der, nint length);

    // OCSP_response_status(3)
    [LibraryImport(Library)]
    internal static partial int OCSP_response_status(nint response);

    // OCSP_response_status(3)
    [LibraryImport(Library)]
    internal static partial nint OCSP_response_get1_basic(nint response);

    // OCSP_response_status(3)
    [LibraryImport(Library)]
    internal static partial void OCSP_RESPONSE_free(nint response);

    // OCSP_resp_find_status(3)
    [LibraryImport(Library)]
    internal static partial void OCSP_BASICRESP_free(nint basic);

    // OCSP_resp_find_status(3)
    [LibraryImport(Library)]
    internal static partial int OCSP_basic_verify(nint basic, nint certificates, nint store, uint flags);

    // OCSP_resp_find_status(3)
    [LibraryImport(Library)]
    internal static partial int OCSP_resp_find_status(
        nint basic, nint id, int* status, int* reason, nint* revoked, nint* thisUpdate, nint* nextUpdate);

    // OCSP_resp_find_status(3)
    [LibraryImport(Library)]
    internal static partial int OCSP_check_validity(nint thisUpdate, nint nextUpdate, nint seconds, nint maxSeconds);

    // OCSP_cert_to_id(3)
    [LibraryImport(Library)]
    internal static partial nint OCSP_cert_to_id(nint digest, nint subject, nint issuer);

    // OCSP_cert_to_id(3)
    [LibraryImport(Library)]
    internal static partial void OCSP_CERTID_free(nint id);

    // X509_STORE_new(3)
    [LibraryImport(Library)]
    internal static partial nint X509_STORE_new();

    // X509_STORE_new(3)
    [LibraryImport(Library)]
    internal static partial void X509_STORE_free(nint store);

    // X509_STORE_add_cert(3)
    [LibraryImport(Library)]
    internal static partial int X509_STORE_set_flags(nint store, nuint flags);

    // DEFINE_STACK_OF(3)
    [LibraryImport(Library)]
    internal static partial nint OPENSSL_sk_new_null();

    // DEFINE_STACK_OF(3)
    [LibraryImport(Library)]
    internal static partial int OPENSSL_sk_push(nint stack, nint item);

    // DEFINE_STACK_OF(3)
    [LibraryImport(Library)]
    internal static partial void OPENSSL_sk_free(nint stack);

    // ASN1_TIME_diff(3)
    [LibraryImport(Library)]
    internal static partial int ASN1_TIME_diff(int* days, int* seconds, nint from, nint to);

    // OPENSSL_malloc(3)
    [LibraryImport(Library)]
    internal static partial nint CRYPTO_malloc(nuint length, byte* file, int line);

    // X509_verify_cert_error_string(3)
    [LibraryImport(Library)]
    internal static partial byte* X509_verify_cert_error_string(nint error);
}
