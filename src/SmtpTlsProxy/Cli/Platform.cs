using System.Runtime.InteropServices;

namespace SmtpTlsProxy.Cli;

/// <summary>Where the proxy runs: its event loops are Linux's.</summary>
static class Platform
{
    /// <summary>False with one clear line on anything but Linux on x64 and arm64.</summary>
    public static bool IsSupported(out string why)
    {
        bool supported = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;
        why = supported
            ? ""
            : $"SmtpTlsProxy runs on Linux (x64, arm64), not on {RuntimeInformation.RuntimeIdentifier}. In a container: docker build -t smtp-tls-proxy . && docker run --rm smtp-tls-proxy demo";
        return supported;
    }
}
