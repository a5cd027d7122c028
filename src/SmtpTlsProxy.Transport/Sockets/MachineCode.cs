namespace SmtpTlsProxy.Transport.Sockets;

using System.Globalization;
using System.Runtime.CompilerServices;

/// <summary>The machine code of this program and its libraries: mapped from files, never written, and mapped again from the page cache where it runs.</summary>
public static class MachineCode
{
    /// <summary>
    /// Takes all of it out of the resident set; what runs comes back by itself, 64 KiB at a time, and what only the start needed does not. Only what is
    /// mapped executable and not writable: data that the linker has adjusted would be lost. Nothing where a compiler at run time has adjusted code, too.
    /// </summary>
    public static void Release()
    {
        if (RuntimeFeature.IsDynamicCodeCompiled)
            return;
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            if (line.Contains(" r-xp ", StringComparison.Ordinal) && line.Contains('/'))
                Release(line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal)));
        }
    }

    // proc_pid_maps(5): start-end, hexadecimal.
    static unsafe void Release(ReadOnlySpan<char> range)
    {
        int dash = range.IndexOf('-');
        nuint start = nuint.Parse(range[..dash], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        nuint end = nuint.Parse(range[(dash + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        // What it answers changes nothing: the code then stays where it is.
        Libc.madvise((void*)start, end - start, Libc.MADV_DONTNEED);
    }
}
