using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>A network of its own, known by a descriptor alone: it ends with those who use it, however a run ends.</summary>
sealed class NetworkNamespace : IDisposable
{
    const int NewNetwork = 0x4000_0000, ReadOnly = 0, CloseOnExec = 0x8_0000;
    readonly SafeFileHandle _network;

    NetworkNamespace(SafeFileHandle network) => _network = network;

    /// <summary>Empty but for a loopback device that is down. Skips the test where the machine lets nobody have one.</summary>
    public static NetworkNamespace Create()
    {
        Needs.Root("only root makes networks");
        try
        {
            return new NetworkNamespace(OnThreadOfItsOwn(() =>
            {
                Check(Unshare(NewNetwork), "unshare");
                return Current();
            }));
        }
        catch (Win32Exception refused)
        {
            throw Needs.Missing("no network namespace can be made here: " + refused.Message);
        }
    }

    /// <summary>
    /// Makes something that stays in the network it was made in: a socket, a device. It must queue nothing: a thread which the pool starts
    /// for it would be born, and remain, in here.
    /// </summary>
    public T Inside<T>(Func<T> make) => OnThreadOfItsOwn(() =>
    {
        Check(SetNamespace(_network, NewNetwork), "setns");
        return make();
    });

    /// <summary>A TCP socket in this network, or in the machine's own.</summary>
    public static Socket NewSocket(NetworkNamespace? network) => network is null ? NewSocket() : network.Inside(NewSocket);

    /// <summary>The words that start a program in here: it replaces nsenter, and keeps its process id.</summary>
    public string[] Enter(params string[] command) => [Needs.Tool("nsenter"), $"--net=/proc/{Environment.ProcessId}/fd/{_network.DangerousGetHandle()}", "--", .. command];

    /// <summary>Runs a program in here to its end.</summary>
    public async Task MustAsync(string[] command, string input = "")
    {
        string[] words = Enter(command);
        (await Shell.RunAsync(words[0], words[1..], System.Text.Encoding.ASCII.GetBytes(input))).MustSucceed(string.Join(' ', command));
    }

    public HttpClient NewHttpClient() => new(new SocketsHttpHandler { ConnectCallback = ConnectAsync }) { Timeout = TimeSpan.FromSeconds(5) };

    public void Dispose() => _network.Dispose();

    async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancelled)
    {
        Socket socket = NewSocket(this);
        try
        {
            await socket.ConnectAsync(IPEndPoint.Parse($"{context.DnsEndPoint.Host}:{context.DnsEndPoint.Port}"), cancelled);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    // A thread that was elsewhere serves nobody else: it ends.
    static T OnThreadOfItsOwn<T>(Func<T> work)
    {
        T made = default!;
        Exception? failed = null;
        var thread = new Thread(() =>
        {
            try
            {
                made = work();
            }
            catch (Exception fault)
            {
                failed = fault;
            }
        });
        thread.Start();
        thread.Join();
        if (failed is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failed);
        return made;
    }

    static SafeFileHandle Current()
    {
        SafeFileHandle network = Open("/proc/thread-self/ns/net", ReadOnly | CloseOnExec);
        Check(network.IsInvalid ? -1 : 0, "open");
        return network;
    }

    static void Check(int result, string call)
    {
        if (result != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{call}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", EntryPoint = "unshare", SetLastError = true)]
    static extern int Unshare(int flags);

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    static extern int SetNamespace(SafeFileHandle descriptor, int kind);

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
    static extern SafeFileHandle Open(string path, int flags);
}
