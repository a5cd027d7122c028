namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Text;
using static SslConstants;

/// <summary>What holds for every context (rule 3.7), written out in full: distributions' openssl.cnf differ, and this proxy does not.</summary>
static unsafe class ContextPolicy
{
    const ulong Options = SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;

    // What a distribution's configuration may have switched on.
    const ulong OptionsNever = SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_ENABLE_KTLS | SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_ALLOW_CLIENT_RENEGOTIATION
        | SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION;

    // Partial writes from moving buffers: each record is taken as it is made. Idle connections hold no buffers.
    const int Modes = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY | SSL_MODE_RELEASE_BUFFERS
        | SSL_MODE_NO_AUTO_CHAIN;

    internal static nint NewContext(ContextHandle handle, nint method, TlsPolicy policy)
    {
        nint context = LibSsl.SSL_CTX_new(method);
        if (context == 0)
            throw ErrorQueue.Exception("OpenSSL makes no context");
        handle.Add(context);
        Apply(context);
        Apply(context, policy);
        return context;
    }

    static void Apply(nint context)
    {
        LibSsl.SSL_CTX_clear_options(context, OptionsNever);
        LibSsl.SSL_CTX_set_options(context, Options);
        LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_MODE, Modes, null);
        LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_SET_READ_AHEAD, 1, null);
        Require(LibSsl.SSL_CTX_set_max_early_data(context, 0), "no early data");
    }

    static void Apply(nint context, TlsPolicy policy)
    {
        Require(LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, (int)policy.Oldest, null), "the oldest version");
        Require(LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, (int)policy.Newest, null), "the newest version");
        fixed (byte* ciphers = Octets(policy.CipherList), suites = Octets(policy.SuiteList), groups = Octets(policy.GroupList))
        {
            Require(LibSsl.SSL_CTX_set_cipher_list(context, ciphers), "the ciphers");
            Require(LibSsl.SSL_CTX_set_ciphersuites(context, suites), "the suites");
            Require(LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, groups), "the groups");
        }
    }

    /// <summary>For looking only: what a server falls back to.</summary>
    internal static void Weaken(nint context, Examination examination)
    {
        Require(LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_VERSION, null), "TLS 1.0");
        if (examination is Examination.OldVersions)
            Require(LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, TLS1_1_VERSION, null), "TLS 1.1");
        fixed (byte* all = "ALL:@SECLEVEL=0\0"u8)
            Require(LibSsl.SSL_CTX_set_cipher_list(context, all), "all ciphers");
    }

    static byte[] Octets(string text) => Encoding.ASCII.GetBytes(text + '\0');

    internal static void Require(nint answer, string what)
    {
        if (answer != 1)
            throw ErrorQueue.Exception($"OpenSSL does not take {what}");
    }
}
