using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace SmtpTlsProxy.Telemetry;

/// <summary>Writes each event as one line. Only the queue's own thread comes here.</summary>
sealed class LogWriter(TextWriter output, ITextFormatter format) : ILogEventSink
{
    // One write a line: lines of two writers on one stdout do not mix, and a line costs one system call.
    readonly StringWriter _line = new() { NewLine = "\n" };

    public void Emit(LogEvent logEvent)
    {
        _line.GetStringBuilder().Clear();
        format.Format(logEvent, _line);
        output.Write(_line.ToString());
        output.Flush();
    }
}
