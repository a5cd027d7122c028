namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Runtime.InteropServices;
using System.Text;

/// <summary>OpenSSL's names for versions, suites and groups. A short closed list: each is made once, not for every connection that keeps it.</summary>
static unsafe class AgreedNames
{
    const int Most = 64;

    // Replaced, never changed: two loops that add at a time make one name twice.
    static string[] s_known = [];

    internal static string Of(byte* octets)
    {
        ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(octets);
        foreach (string known in s_known)
        {
            if (Ascii.Equals(name, known))
                return known;
        }

        string made = Encoding.UTF8.GetString(name);
        if (s_known.Length < Most)
            s_known = [.. s_known, made];
        return made;
    }
}
