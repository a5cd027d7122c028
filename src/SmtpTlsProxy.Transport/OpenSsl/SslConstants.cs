namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>Numbers out of OpenSSL 3.0's headers, under their own names.</summary>
static class SslConstants
{
    // crypto.h, ssl.h: OPENSSL_init_ssl(3)
    internal const ulong OPENSSL_INIT_NO_ATEXIT = 0x00080000;

    // ssl.h: SSL_get_error(3)
    internal const int SSL_ERROR_WANT_READ = 2;
    internal const int SSL_ERROR_WANT_WRITE = 3;
    internal const int SSL_ERROR_ZERO_RETURN = 6;

    // ssl.h: SSL_CTX_set_options(3); 64 bits since 3.0
    internal const ulong SSL_OP_LEGACY_SERVER_CONNECT = 1ul << 2;
    internal const ulong SSL_OP_ENABLE_KTLS = 1ul << 3;
    internal const ulong SSL_OP_IGNORE_UNEXPECTED_EOF = 1ul << 7;
    internal const ulong SSL_OP_ALLOW_CLIENT_RENEGOTIATION = 1ul << 8;
    internal const ulong SSL_OP_NO_COMPRESSION = 1ul << 17;
    internal const ulong SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION = 1ul << 18;
    internal const ulong SSL_OP_PRIORITIZE_CHACHA = 1ul << 21;
    internal const ulong SSL_OP_CIPHER_SERVER_PREFERENCE = 1ul << 22;
    internal const ulong SSL_OP_NO_RENEGOTIATION = 1ul << 30;

    // ssl.h: SSL_CTX_set_mode(3)
    internal const int SSL_MODE_ENABLE_PARTIAL_WRITE = 0x1;
    internal const int SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER = 0x2;
    internal const int SSL_MODE_AUTO_RETRY = 0x4;
    internal const int SSL_MODE_NO_AUTO_CHAIN = 0x8;
    internal const int SSL_MODE_RELEASE_BUFFERS = 0x10;

    // ssl.h: commands of SSL_ctrl and SSL_CTX_ctrl
    internal const int SSL_CTRL_MODE = 33;
    internal const int SSL_CTRL_SET_READ_AHEAD = 41;
    internal const int SSL_CTRL_SET_SESS_CACHE_MODE = 44;
    internal const int SSL_CTRL_SET_TLSEXT_SERVERNAME_CB = 53;
    internal const int SSL_CTRL_SET_TLSEXT_HOSTNAME = 55;
    internal const int SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB = 63;
    internal const int SSL_CTRL_SET_TLSEXT_STATUS_REQ_TYPE = 65;
    internal const int SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP = 70;
    internal const int SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP = 71;
    internal const int SSL_CTRL_CHAIN_CERT = 89;
    internal const int SSL_CTRL_SET_GROUPS_LIST = 92;
    internal const int SSL_CTRL_SET_MIN_PROTO_VERSION = 123;
    internal const int SSL_CTRL_SET_MAX_PROTO_VERSION = 124;
    internal const int SSL_CTRL_GET_NEGOTIATED_GROUP = 134;

    // ssl.h: SSL_CTX_set_session_cache_mode(3)
    internal const int SSL_SESS_CACHE_OFF = 0;
    internal const int SSL_SESS_CACHE_CLIENT = 0x1;
    internal const int SSL_SESS_CACHE_NO_INTERNAL_STORE = 0x200;

    // ssl.h: SSL_set_verify(3), SSL_set_shutdown(3)
    internal const int SSL_VERIFY_NONE = 0;
    internal const int SSL_VERIFY_PEER = 1;
    internal const int SSL_VERIFY_FAIL_IF_NO_PEER_CERT = 2;
    internal const int SSL_SENT_AND_RECEIVED_SHUTDOWN = 3;

    // tls1.h: SSL_CTX_set_tlsext_servername_callback(3), SSL_CTX_set_alpn_select_cb(3)
    internal const int TLSEXT_NAMETYPE_host_name = 0;
    internal const int SSL_TLSEXT_ERR_OK = 0;
    internal const int SSL_TLSEXT_ERR_ALERT_FATAL = 2;
    internal const int SSL_TLSEXT_ERR_NOACK = 3;
    internal const int SSL_AD_UNRECOGNIZED_NAME = 112;
    internal const int TLS1_VERSION = 0x0301;
    internal const int TLS1_1_VERSION = 0x0302;
    internal const int TLS1_3_VERSION = 0x0304;

    // ssl.h: SSL_CTX_set_session_ticket_cb(3)
    internal const int SSL_TICKET_SUCCESS = 5;
    internal const int SSL_TICKET_SUCCESS_RENEW = 6;
    internal const int SSL_TICKET_RETURN_ABORT = 0;
    internal const int SSL_TICKET_RETURN_IGNORE_RENEW = 2;
    internal const int SSL_TICKET_RETURN_USE = 3;
    internal const int SSL_TICKET_RETURN_USE_RENEW = 4;

    // core.h: OSSL_PARAM(3)
    internal const uint OSSL_PARAM_UTF8_STRING = 4;

    // err.h, sslerr.h: ERR_get_error(3)
    internal const int ERR_LIB_SSL = 20;
    internal const int SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE = 199;

    // ocsp.h: OCSP_resp_find_status(3)
    internal const int V_OCSP_CERTSTATUS_GOOD = 0;
    internal const int V_OCSP_CERTSTATUS_REVOKED = 1;

    // bio.h: BIO_meth_new(3), BIO_ctrl(3), BIO_should_retry(3)
    internal const int BIO_TYPE_SOURCE_SINK = 0x0400;
    internal const int BIO_CTRL_FLUSH = 11;
    internal const int BIO_FLAGS_READ = 0x01;
    internal const int BIO_FLAGS_WRITE = 0x02;
    internal const int BIO_FLAGS_SHOULD_RETRY = 0x08;

    // x509v3.h: X509_VERIFY_PARAM_set_hostflags(3)
    internal const uint X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS = 0x4;
    internal const uint X509_CHECK_FLAG_NEVER_CHECK_SUBJECT = 0x20;

    // x509_vfy.h: X509_VERIFY_PARAM_set_flags(3)
    internal const int X509_V_FLAG_PARTIAL_CHAIN = 0x80000;

    // x509_vfy.h: X509_STORE_CTX_get_error(3)
    internal const int X509_V_OK = 0;
    internal const int X509_V_ERR_UNSPECIFIED = 1;
    internal const int X509_V_ERR_CERT_NOT_YET_VALID = 9;
    internal const int X509_V_ERR_CERT_HAS_EXPIRED = 10;
    internal const int X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD = 13;
    internal const int X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD = 14;
    internal const int X509_V_ERR_CERT_REVOKED = 23;
    internal const int X509_V_ERR_CERT_REJECTED = 28;
    internal const int X509_V_ERR_HOSTNAME_MISMATCH = 62;
    internal const int X509_V_ERR_IP_ADDRESS_MISMATCH = 64;
}
