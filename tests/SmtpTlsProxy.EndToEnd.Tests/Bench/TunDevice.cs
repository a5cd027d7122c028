using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>A network device whose other side is a descriptor: what the network sends out of it is read here, a packet a call, and the other way round.</summary>
sealed class TunDevice : IDisposable
{
    public const string Name = "tun0";
    const string Node = "/dev/net/tun";
    const int ReadWrite = 2, NonBlocking = 0x800, CloseOnExec = 0x8_0000, TryAgain = 11;
    const ushort Tun = 0x1, WithoutHeader = 0x1000;
    const nuint SetInterface = 0x4004_54CA;
    const uint CharacterDevice = 0x2000 | 0x180, Number = (10 << 8) | 200;        // 0600; 10,200 is the kernel's own number for it
    readonly SafeFileHandle _handle;

    TunDevice(SafeFileHandle handle) => _handle = handle;

    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>In this network, down and without address. Skips the test on a machine that has no such devices.</summary>
    public static TunDevice In(NetworkNamespace network)
    {
        if (!File.Exists(Node))
            MakeNode();
        try
        {
            return network.Inside(Create);
        }
        catch (Win32Exception refused)
        {
            throw Needs.Missing("no TUN device can be made here: " + refused.Message);
        }
    }

    /// <summary>The octets of one packet; 0: none is waiting.</summary>
    public int Receive(byte[] into)
    {
        nint count = Read(_handle, into, (nuint)into.Length);
        if (count >= 0)
            return (int)count;
        return Marshal.GetLastPInvokeError() == TryAgain ? 0 : throw Failed("read");
    }

    public void Send(byte[] packet)
    {
        if (Write(_handle, packet, (nuint)packet.Length) != packet.Length)
            throw Failed("write");
    }

    public void Dispose() => _handle.Dispose();

    static TunDevice Create()
    {
        SafeFileHandle handle = Open(Node, ReadWrite | NonBlocking | CloseOnExec);
        if (handle.IsInvalid)
            throw Failed($"open {Node}");
        byte[] request = new byte[40];                          // struct ifreq: a name of 16 octets, then flags
        Encoding.ASCII.GetBytes(Name, request);
        BitConverter.TryWriteBytes(request.AsSpan(16), (ushort)(Tun | WithoutHeader));
        if (Control(handle, SetInterface, request) == 0)
            return new TunDevice(handle);
        Win32Exception failed = Failed("TUNSETIFF");
        handle.Dispose();
        throw failed;
    }

    // A container's /dev may lack what its kernel has.
    static void MakeNode()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Node)!);
        if (MakeNode(Node, CharacterDevice, Number) != 0 && !File.Exists(Node))
            throw Needs.Missing($"{Node} is missing and cannot be made: {Failed("mknod").Message}");
    }

    static Win32Exception Failed(string call) => new(Marshal.GetLastPInvokeError(), $"{call}: {Marshal.GetLastPInvokeErrorMessage()}");

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
    static extern SafeFileHandle Open(string path, int flags);

    [DllImport("libc", EntryPoint = "mknod", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
    static extern int MakeNode(string path, uint mode, ulong device);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    static extern int Control(SafeFileHandle descriptor, nuint request, byte[] argument);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    static extern nint Read(SafeFileHandle descriptor, [Out] byte[] into, nuint count);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    static extern nint Write(SafeFileHandle descriptor, byte[] packet, nuint count);
}
