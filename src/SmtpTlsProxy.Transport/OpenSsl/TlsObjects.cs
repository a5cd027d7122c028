namespace SmtpTlsProxy.Transport.OpenSsl;

using SmtpTlsProxy.Transport.Loops;

/// <summary>How many native objects live, in all builds: zero when everything was given back. Connections are counted with what else loops hold.</summary>
public static class TlsObjects
{
    static int s_contexts;
    static int s_sessions;

    /// <summary>Native contexts not yet freed; a server context may own several.</summary>
    public static int Contexts => Volatile.Read(ref s_contexts);

    /// <summary>Sessions kept for resumption.</summary>
    public static int Sessions => Volatile.Read(ref s_sessions);

    internal static void CountConnection(int by) => Live.TlsObject(by);

    internal static void CountContext(int by) => Interlocked.Add(ref s_contexts, by);

    internal static void CountSession(int by) => Interlocked.Add(ref s_sessions, by);
}
