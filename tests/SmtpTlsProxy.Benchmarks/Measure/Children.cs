using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SmtpTlsProxy.Benchmarks.Measure;

/// <summary>Every process this one started. However it ends, none of them stays: not behind Ctrl-C, nor SIGTERM, nor a fault.</summary>
static class Children
{
    static readonly List<Process> s_all = [];
    static readonly List<PosixSignalRegistration> s_signals = [];
    static bool s_isOver;

    public static Process Start(ProcessStartInfo start)
    {
        lock (s_all)
        {
            ObjectDisposedException.ThrowIf(s_isOver, typeof(Children));
            if (s_signals.Count == 0)
                Watch();
            Process process = Process.Start(start)!;
            s_all.Add(process);
            return process;
        }
    }

    /// <summary>Ends it and everything below it.</summary>
    public static void Stop(Process process)
    {
        lock (s_all)
        {
            if (!s_all.Remove(process))
                return;
            End(process);
            process.Dispose();
        }
    }

    /// <summary>Ends all; none can be started from then on. Idempotent, and in the middle of whatever the other threads do.</summary>
    public static void EndAll()
    {
        lock (s_all)
        {
            s_isOver = true;
            s_all.ForEach(End);
            s_all.Clear();
        }
    }

    static void Watch()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => EndAll();
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
            s_signals.Add(PosixSignalRegistration.Create(signal, _ => Environment.Exit(130)));
    }

    static void End(Process process)
    {
        if (process.HasExited)
            return;
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }
}
