namespace SmtpTlsProxy.Transport.Sockets;

using System.Runtime.InteropServices;

/// <summary>The C library's heap, where OpenSSL's objects lie.</summary>
public static unsafe class NativeHeap
{
    // glibc's alone (malloc_trim(3)): looked up, because musl has none, and returns what is free by itself.
    static readonly delegate* unmanaged<nuint, int> s_trim = Find();

    /// <summary>Gives the system every whole page that is free, also between those in use.</summary>
    public static void Trim()
    {
        if (s_trim != null)
            s_trim(0);
    }

    static delegate* unmanaged<nuint, int> Find() =>
        NativeLibrary.TryLoad("libc.so.6", out nint libc) && NativeLibrary.TryGetExport(libc, "malloc_trim", out nint trim)
            ? (delegate* unmanaged<nuint, int>)trim
            : null;
}
