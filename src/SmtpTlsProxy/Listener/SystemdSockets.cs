using Microsoft.AspNetCore.Connections;

namespace SmtpTlsProxy.Listener;

/// <summary>Sockets that systemd listens on and hands over (sd_listen_fds(3), sd_listen_fds_with_names).</summary>
static class SystemdSockets
{
    /// <summary>SD_LISTEN_FDS_START.</summary>
    const int First = 3;

    /// <summary>The listening socket called <paramref name="name"/> (FileDescriptorName= of the socket unit).</summary>
    /// <exception cref="IOException">systemd handed over none of that name to this process.</exception>
    public static FileHandleEndPoint Find(string name) => Find(name, Environment.GetEnvironmentVariable, Environment.ProcessId);

    internal static FileHandleEndPoint Find(string name, Func<string, string?> environment, int processId)
    {
        string[] names = environment("LISTEN_PID") == $"{processId}" ? environment("LISTEN_FDNAMES")?.Split(':') ?? [] : [];
        int place = Array.IndexOf(names, name);
        return place >= 0
            ? new FileHandleEndPoint((ulong)(First + place), FileHandleType.Tcp)
            : throw new IOException($"systemd:{name}: systemd handed over no socket of that name. Set FileDescriptorName={name} in the socket unit, and start the service by it.");
    }
}
