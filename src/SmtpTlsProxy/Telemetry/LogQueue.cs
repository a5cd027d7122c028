using Serilog.Sinks.Async;

namespace SmtpTlsProxy.Telemetry;

/// <summary>What is known of the queue before the log's thread.</summary>
sealed class LogQueue : IAsyncLogEventSinkMonitor
{
    IAsyncLogEventSinkInspector? _inspector;

    /// <summary>Events that were dropped because it was full. The last count stays readable: a counter never falls.</summary>
    public long Dropped => _inspector?.DroppedMessagesCount ?? 0;

    /// <summary>Events behind the one that is being written.</summary>
    public int Waiting => _inspector?.Count ?? 0;

    public void StartMonitoring(IAsyncLogEventSinkInspector inspector) => _inspector = inspector;

    public void StopMonitoring(IAsyncLogEventSinkInspector inspector) { }
}
