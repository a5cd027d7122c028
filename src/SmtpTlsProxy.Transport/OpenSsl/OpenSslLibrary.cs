namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Runtime.InteropServices;
using System.Security.Cryptography;

/// <summary>
/// The one OpenSSL of the process: .NET's own, checked once. Two copies of it would each have their own error queues and allocators.
/// </summary>
public static unsafe class OpenSslLibrary
{
    // From here on a list of groups marks those that a client sends key shares for.
    const ulong Version35 = 0x30500000;

    static readonly Lazy<ulong> s_loaded = new(LoadOnce);

    /// <summary>Loads OpenSSL and finds everything used of it. Cheap when done before; called by every context.</summary>
    /// <exception cref="OpenSslUnavailableException">OpenSSL is absent, lacks a function, or is another one than .NET's.</exception>
    public static void Load() => _ = s_loaded.Value;

    /// <summary>The version in words, as <c>OpenSSL 3.0.22 25 Aug 2026</c>.</summary>
    public static string Version
    {
        get
        {
            Load();
            return Marshal.PtrToStringUTF8((nint)LibCrypto.OpenSSL_version(0))!;
        }
    }

    internal static bool MarksKeyShares => s_loaded.Value >= Version35;

    static ulong LoadOnce()
    {
        // Only looked up as yet: where the library is absent, .NET's first call would end the process without a word of help.
        BindAll(LibCrypto.Library, OpenSslSymbols.Crypto);
        BindAll(LibSsl.Library, OpenSslSymbols.Ssl);
        // .NET calls it first, so that OpenSSL is set up as .NET wants it.
        ulong theirs = VersionOfDotNet();
        ulong ours = LibCrypto.OpenSSL_version_num();
        if (ours != theirs)
            throw new OpenSslUnavailableException(TwoVersions(ours, theirs));
        if (LibSsl.OPENSSL_init_ssl(SslConstants.OPENSSL_INIT_NO_ATEXIT, 0) != 1)
            throw new OpenSslUnavailableException($"OpenSSL does not start ({ErrorQueue.Take()}): check openssl.cnf, or the file that OPENSSL_CONF names.");
        ErrorQueue.Clear();
        return ours;
    }

    static ulong VersionOfDotNet()
    {
        try
        {
            return (ulong)SafeEvpPKeyHandle.OpenSslVersion;
        }
        catch (Exception absent) when (absent is PlatformNotSupportedException or TypeLoadException or TypeInitializationException)
        {
            throw new OpenSslUnavailableException(Remedy("OpenSSL was not found"), absent);
        }
    }

    // A name that is wrong would otherwise fail at its first call, in the middle of a session.
    static void BindAll(string library, ReadOnlySpan<string> symbols)
    {
        if (!NativeLibrary.TryLoad(library, out nint handle))
            throw new OpenSslUnavailableException(Remedy($"{library} was not found"));
        foreach (string symbol in symbols)
        {
            if (!NativeLibrary.TryGetExport(handle, symbol, out _))
                throw new OpenSslUnavailableException(Remedy($"{library} has no {symbol}"));
        }
    }

    static string TwoVersions(ulong ours, ulong theirs) =>
        $"{LibSsl.Library} is OpenSSL {ours:x8} but .NET uses {theirs:x8}: keep one OpenSSL 3 in the library path, and unset CLR_OPENSSL_VERSION_OVERRIDE.";

    static string Remedy(string what) => $"{what}: install OpenSSL 3.0 or later (Debian and Ubuntu: libssl3 or libssl3t64; Alpine: libssl3).";
}
