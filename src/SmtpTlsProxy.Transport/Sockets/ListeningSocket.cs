namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

/// <summary>Binds and listens, by .NET's own sockets, which also remove the path of a unix socket when they are closed. A stale path is replaced.</summary>
sealed class ListeningSocket : IDisposable
{
    readonly Socket _socket;

    ListeningSocket(Socket socket)
    {
        _socket = socket;
        EndPoint = socket.LocalEndPoint!;
    }

    /// <summary>What was bound: with the port that the system chose.</summary>
    internal EndPoint EndPoint { get; }

    internal int Descriptor => (int)_socket.SafeHandle.DangerousGetHandle();

    internal static ListeningSocket Bind(EndPoint at, int backlog)
    {
        if (at is FileHandleEndPoint handed)
            return Adopt((int)handed.FileHandle);
        if (PathOf(at) is { } path)
            RemoveStale(path);
        Socket socket = new(at.AddressFamily, SocketType.Stream, at is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            Prepare(socket);
            socket.Bind(at);
            socket.Listen(backlog);
            return new ListeningSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _socket.Dispose();

    // Handed over by systemd, which listens already and keeps the path (sd_listen_fds(3)).
    static ListeningSocket Adopt(int descriptor)
    {
        Socket socket = new(new SafeSocketHandle(descriptor, ownsHandle: true)) { Blocking = false };
        if (socket.ProtocolType is ProtocolType.Tcp)
            socket.NoDelay = true;
        return new ListeningSocket(socket);
    }

    static void Prepare(Socket socket)
    {
        socket.Blocking = false;
        if (socket.AddressFamily is AddressFamily.InterNetworkV6)
            socket.DualMode = false;            // [::] beside 0.0.0.0; no IPv4-mapped peers
        if (socket.ProtocolType is ProtocolType.Tcp)
            socket.NoDelay = true;              // what it accepts inherits it
    }

    // An abstract name has no file.
    static string? PathOf(EndPoint at) => at is UnixDomainSocketEndPoint && at.ToString() is { Length: > 0 } path && path[0] is not ('@' or '\0') ? path : null;

    static void RemoveStale(string path)
    {
        // Whatever else lies there is not ours to remove: bind fails, and says so.
        if (!IsSocket(path))
            return;
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
    }

    static unsafe bool IsSocket(string path)
    {
        byte* status = stackalloc byte[Libc.StatxSize];
        if (Libc.statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_TYPE, status) < 0)
            return false;
        return (*(ushort*)(status + Libc.StatxModeOffset) & Libc.S_IFMT) == Libc.S_IFSOCK;
    }
}
