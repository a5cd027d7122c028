using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace SmtpTlsProxy.Telemetry;

/// <summary>Writes each event as one line. Only the queue's own thread comes here.</summary>
sealed class LogWriter(TextWriter output, ITextFormatter format) : ILogEventSink
{
    volatile ITextFormatter _format = format;

    // One write a line: lines of two writers on one stdout do not mix, and a line costs one system call.
    readonly StringWriter _line = new() { NewLine = "\n" };

    /// <summary>From any thread: the next line is written so.</summary>
    public void Become(ITextFormatter next) => _format = next;

    public void Emit(LogEvent logEvent)
    {
        _line.GetStringBuilder().Clear();
        _format.Format(logEvent, _line);
        output.Write(_line.ToString());
        output.Flush();
    }
}
