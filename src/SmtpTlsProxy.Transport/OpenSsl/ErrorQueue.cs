namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Runtime.InteropServices;

/// <summary>
/// OpenSSL's error queue, one a thread. It is empty between calls: SSL_get_error looks into it, so a stranger's leftover would break an innocent connection.
/// Whoever meets a failure empties it here.
/// </summary>
static unsafe class ErrorQueue
{
    // A text in a log line, not a stack trace.
    const int TextsKept = 3;

    internal static bool IsEmpty => LibCrypto.ERR_peek_error() == 0;

    /// <summary>The oldest note is this one of a library.</summary>
    internal static bool Begins(int library, int reason) => LibCrypto.ERR_peek_error() is var code && (int)((code >> 23) & 0xFF) == library && (int)(code & 0x7FFFFF) == reason;

    internal static void Clear() => LibCrypto.ERR_clear_error();

    /// <summary>Empties the queue and tells what was in it, oldest first.</summary>
    internal static string Take()
    {
        List<string> texts = [];
        for (ulong code = LibCrypto.ERR_get_error(); code != 0; code = LibCrypto.ERR_get_error())
        {
            if (texts.Count < TextsKept)
                texts.Add(TextOf(code));
        }
        return string.Join("; ", texts);
    }

    /// <summary>An exception out of the queue, which is empty then.</summary>
    internal static TlsException Exception(string what)
    {
        string why = Take();
        return new TlsException(why.Length == 0 ? what : $"{what}: {why}");
    }

    static string TextOf(ulong code)
    {
        byte* reason = LibCrypto.ERR_reason_error_string(code);
        return reason != null ? Marshal.PtrToStringUTF8((nint)reason)! : NumberOf(code);
    }

    static string NumberOf(ulong code)
    {
        byte* text = stackalloc byte[256];
        LibCrypto.ERR_error_string_n(code, text, 256);
        return Marshal.PtrToStringUTF8((nint)text)!;
    }
}
