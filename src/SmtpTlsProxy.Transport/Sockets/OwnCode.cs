namespace SmtpTlsProxy.Transport.Sockets;

using System.Globalization;

/// <summary>This program's machine code: mapped from its file, never written, and read again from the page cache when it runs.</summary>
public static class OwnCode
{
    /// <summary>
    /// Takes all of it out of the resident set; what runs comes back by itself, 64 KiB at a time, and what only the start needed does not. Only what is
    /// mapped executable and not writable: data that the linker has adjusted would be lost.
    /// </summary>
    public static void Release()
    {
        if (Environment.ProcessPath is not { } program)
            return;
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            if (line.EndsWith(program, StringComparison.Ordinal) && line.Contains(" r-xp ", StringComparison.Ordinal))
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
