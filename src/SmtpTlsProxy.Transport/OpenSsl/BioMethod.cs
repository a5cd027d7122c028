namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static SslConstants;

/// <summary>The BIO_METHOD behind <see cref="WireBio"/>, one for the process. Each callback catches everything: an exception must not unwind OpenSSL.</summary>
static unsafe class BioMethod
{
    static readonly nint s_method = New();

    internal static nint NewBio(nint handle)
    {
        nint bio = LibCrypto.BIO_new(s_method);
        if (bio == 0)
        {
            GCHandle.FromIntPtr(handle).Free();
            throw ErrorQueue.Exception("OpenSSL makes no BIO");
        }
        LibCrypto.BIO_set_data(bio, handle);
        // Set once for all: whatever fails here is to be tried again, the ends are ours to tell.
        LibCrypto.BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY);
        LibCrypto.BIO_set_init(bio, 1);
        return bio;
    }

    internal static WireBio Of(nint handle) => Unsafe.As<WireBio>(GCHandle.FromIntPtr(handle).Target!);

    static nint New()
    {
        fixed (byte* name = "wire\0"u8)
        {
            nint method = LibCrypto.BIO_meth_new(LibCrypto.BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, name);
            if (method == 0)
                throw ErrorQueue.Exception("OpenSSL makes no BIO method");
            LibCrypto.BIO_meth_set_read(method, &Read);
            LibCrypto.BIO_meth_set_write(method, &Write);
            LibCrypto.BIO_meth_set_ctrl(method, &Control);
            LibCrypto.BIO_meth_set_destroy(method, &Destroy);
            return method;
        }
    }

    [UnmanagedCallersOnly]
    static int Read(nint bio, byte* into, int length)
    {
        WireBio state = Of(LibCrypto.BIO_get_data(bio));
        try
        {
            return state.Receive(new Span<byte>(into, length));
        }
        catch (Exception fault)
        {
            state.Fault ??= fault;
            return -1;
        }
    }

    [UnmanagedCallersOnly]
    static int Write(nint bio, byte* octets, int length)
    {
        WireBio state = Of(LibCrypto.BIO_get_data(bio));
        try
        {
            return state.Gather(new ReadOnlySpan<byte>(octets, length));
        }
        catch (Exception fault)
        {
            state.Fault ??= fault;
            return -1;
        }
    }

    // Flushing is the leg's; nothing else is known here.
    [UnmanagedCallersOnly]
    static nint Control(nint bio, int command, nint number, nint pointer) => command == BIO_CTRL_FLUSH ? 1 : 0;

    [UnmanagedCallersOnly]
    static int Destroy(nint bio)
    {
        try
        {
            nint handle = LibCrypto.BIO_get_data(bio);
            Of(handle).Release();
            GCHandle.FromIntPtr(handle).Free();
            return 1;
        }
        catch (Exception)
        {
            // No connection is left to tell it to; the live counts show it.
            return 0;
        }
    }
}
