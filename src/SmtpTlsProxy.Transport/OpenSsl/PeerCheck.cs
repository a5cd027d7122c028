namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Runtime.InteropServices;
using static SslConstants;

/// <summary>Lets OpenSSL look at a peer's chain to the end, past each fault, and a policy decide.</summary>
static unsafe class PeerCheck
{
    /// <summary>Within OpenSSL's question; its store context is told the answer, which becomes the session's verify result and the alert.</summary>
    internal static JudgedPeer Judge(nint store, PeerPolicy policy, bool isNamed, WireBio state)
    {
        PeerEvidence evidence = new(ChainOf(store), isNamed);
        state.Connection.Evidence = evidence;
        LibCrypto.X509_STORE_CTX_set_verify_cb(store, &FaultFound);
        if (LibCrypto.X509_verify_cert(store) <= 0 && evidence.FirstError == 0)
            evidence.Note(ErrorOf(store));
        Verdict verdict = policy.Judge(evidence);
        // Whatever was tried on the way, .NET's own use of OpenSSL by a policy included, is no failure of the handshake's.
        ErrorQueue.Clear();
        LibCrypto.X509_STORE_CTX_set_error(store, verdict.IsGood ? X509_V_OK : ErrorFor(verdict, evidence));
        return new JudgedPeer(evidence, verdict);
    }

    // Our own refusal is bad_certificate to the peer; otherwise the alert names the fault.
    static int ErrorFor(Verdict verdict, PeerEvidence evidence) =>
        verdict.Result == evidence.First && evidence.FirstError != 0 ? evidence.FirstError : X509_V_ERR_CERT_REJECTED;

    static int ErrorOf(nint store) => LibCrypto.X509_STORE_CTX_get_error(store) is var error and not X509_V_OK ? error : X509_V_ERR_UNSPECIFIED;

    static ReadOnlyMemory<byte>[] ChainOf(nint store)
    {
        nint shown = LibCrypto.X509_STORE_CTX_get0_untrusted(store);
        int length = shown == 0 ? 0 : LibCrypto.OPENSSL_sk_num(shown);
        ReadOnlyMemory<byte>[] chain = new ReadOnlyMemory<byte>[Math.Max(length, 1)];
        chain[0] = Der.OfCertificate(LibCrypto.X509_STORE_CTX_get0_cert(store));
        for (int at = 1; at < length; at++)
            chain[at] = Der.OfCertificate(LibCrypto.OPENSSL_sk_value(shown, at));
        return chain;
    }

    // Called for each certificate that is right too. 1: go on, the policy wants to know all.
    [UnmanagedCallersOnly]
    static int FaultFound(int good, nint store)
    {
        if (good == 1)
            return 1;
        WireBio state = TlsCallbacks.StateOfStore(store);
        try
        {
            state.Connection.Evidence!.Note(ErrorOf(store));
            return 1;
        }
        catch (Exception fault)
        {
            state.Fault ??= fault;
            return 0;
        }
    }
}
