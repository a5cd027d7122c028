using SmtpTlsProxy.Telemetry;

namespace SmtpTlsProxy.Upstream;

/// <summary>One step of making a leg ready: null <paramref name="Failed"/> goes on; otherwise how the attempt is counted and what the client hears.</summary>
readonly record struct SetupResult(ConnectResult Result, OpenResult? Failed)
{
    public static SetupResult Fine => new(ConnectResult.Ok, null);

    public bool IsFine => Failed is null;
}
