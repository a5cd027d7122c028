namespace SmtpTlsProxy.Transport.Sockets;

using System.Runtime.InteropServices;

/// <summary>
/// One batch of <c>struct epoll_event</c>, in native memory. The structure is packed on x86-64 alone (12 octets, data at 4), so that 32-bit programs
/// see the same; elsewhere it is 16, data at 8 (epoll_event(3type)).
/// </summary>
sealed unsafe class EpollEvents : IDisposable
{
    internal const int Capacity = 512;

    byte* _events = (byte*)NativeMemory.Alloc((nuint)(Capacity * Stride));

    internal static int Stride => IsPacked ? 12 : 16;

    internal static int DataOffset => IsPacked ? 4 : 8;

    internal void* Start => _events;

    static bool IsPacked => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public void Dispose()
    {
        NativeMemory.Free(_events);
        _events = null;
    }

    internal uint FlagsAt(int index) => *(uint*)(_events + (index * Stride));

    // Unaligned on x86-64, by the structure's own packing.
    internal ulong DataAt(int index) => *(ulong*)(_events + (index * Stride) + DataOffset);

    /// <summary>epoll_ctl(2) for a descriptor; throws when the kernel has no room for it.</summary>
    internal static void Control(Microsoft.Win32.SafeHandles.SafeFileHandle epoll, int operation, int descriptor, uint flags, ulong data)
    {
        byte* one = stackalloc byte[16];
        *(uint*)one = flags;
        *(ulong*)(one + DataOffset) = data;
        if (Libc.epoll_ctl(epoll, operation, descriptor, one) < 0)
            throw Errno.Exception("epoll_ctl", Errno.Last);
    }
}
