namespace SmtpTlsProxy.Transport.Sockets;

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

/// <summary>
/// The C library's calls, named as their man pages (section 2). Each answers -1 on failure; read <see cref="Marshal.GetLastPInvokeError"/> at once:
/// the runtime saved errno before anything else could overwrite it.
/// </summary>
static unsafe partial class Libc
{
    const string Name = "libc";

    // socket(2), accept4(2): what we open neither blocks nor is inherited by a child.
    internal const int SOCK_STREAM = 1;
    internal const int SOCK_NONBLOCK = 0x800;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int AF_UNIX = 1;
    internal const int AF_INET = 2;
    internal const int AF_INET6 = 10;

    // send(2), recv(2): a peer that left is an answer, not a signal.
    internal const int MSG_PEEK = 2;
    internal const int MSG_NOSIGNAL = 0x4000;

    internal const int SHUT_WR = 1;

    // getsockopt(2), socket(7), tcp(7)
    internal const int SOL_SOCKET = 1;
    internal const int SO_ERROR = 4;
    internal const int SO_LINGER = 13;
    internal const int IPPROTO_TCP = 6;
    internal const int TCP_NODELAY = 1;

    // epoll_ctl(2)
    internal const int EPOLL_CLOEXEC = 0x80000;
    internal const int EPOLL_CTL_ADD = 1;
    internal const int EPOLL_CTL_MOD = 3;
    internal const uint EPOLLIN = 0x1;
    internal const uint EPOLLOUT = 0x4;
    internal const uint EPOLLERR = 0x8;
    internal const uint EPOLLHUP = 0x10;
    internal const uint EPOLLRDHUP = 0x2000;
    internal const uint EPOLLET = 0x8000_0000;

    // eventfd(2)
    internal const int EFD_NONBLOCK = 0x800;
    internal const int EFD_CLOEXEC = 0x80000;

    // madvise(2)
    internal const int MADV_DONTNEED = 4;

    // statx(2), inode(7)
    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const uint STATX_TYPE = 1;
    internal const int StatxSize = 256;
    internal const int StatxModeOffset = 28;
    internal const int S_IFMT = 0xF000;
    internal const int S_IFSOCK = 0xC000;

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int madvise(void* address, nuint length, int advice);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int epoll_ctl(SafeFileHandle epoll, int operation, int descriptor, void* epollEvent);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int epoll_wait(SafeFileHandle epoll, void* events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint write(SafeFileHandle descriptor, void* buffer, nuint count);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int connect(int descriptor, byte* address, uint length);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int accept4(int descriptor, byte* address, uint* length, int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int getsockname(int descriptor, byte* address, uint* length);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint recv(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint send(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int shutdown(int descriptor, int how);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int getsockopt(int descriptor, int level, int option, void* value, uint* length);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int setsockopt(int descriptor, int level, int option, void* value, uint length);

    // Never repeated on EINTR: Linux has freed the descriptor by then, and another thread may own the number (close(2), notes).
    [LibraryImport(Name, SetLastError = true)]
    internal static partial int close(int descriptor);

    // Not stat(2): its structure differs between architectures, this one's does not.
    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(int directory, string path, int flags, uint mask, byte* buffer);
}
