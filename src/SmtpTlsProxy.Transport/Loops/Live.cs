namespace SmtpTlsProxy.Transport.Loops;

/// <summary>What the whole process holds now, over all loops. Zero when nothing leaks and nothing runs.</summary>
public static class Live
{
    static long s_sessions;
    static long s_sockets;
    static long s_tlsObjects;
    static long s_rentedBuffers;

    /// <summary>Waiters entered and not left.</summary>
    public static long Sessions => Volatile.Read(ref s_sessions);

    /// <summary>Descriptors of connections, accepted or dialled, not yet closed.</summary>
    public static long Sockets => Volatile.Read(ref s_sockets);

    /// <summary>OpenSSL's connection objects.</summary>
    public static long TlsObjects => Volatile.Read(ref s_tlsObjects);

    /// <summary>Slabs rented and not given back.</summary>
    public static long RentedBuffers => Volatile.Read(ref s_rentedBuffers);

    internal static void Session(int by) => Interlocked.Add(ref s_sessions, by);

    internal static void Socket(int by) => Interlocked.Add(ref s_sockets, by);

    internal static void TlsObject(int by) => Interlocked.Add(ref s_tlsObjects, by);

    internal static void RentedBuffer(int by) => Interlocked.Add(ref s_rentedBuffers, by);
}
