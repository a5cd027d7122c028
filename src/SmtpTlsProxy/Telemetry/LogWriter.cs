using System.Text;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace SmtpTlsProxy.Telemetry;

/// <summary>
/// Writes each event as one line. Only the queue's own thread comes here. What waits is written with one call; then the thread rests, and does not wake for
/// each line that comes meanwhile.
/// </summary>
sealed class LogWriter(TextWriter output, ITextFormatter format, LogQueue queue) : ILogEventSink, IDisposable
{
    /// <summary>How long a line may wait for others.</summary>
    static readonly TimeSpan _rest = TimeSpan.FromMilliseconds(50);

    /// <summary>So much is written at once at most, in characters.</summary>
    const int Most = 64 * 1024;

    readonly ManualResetEventSlim _hurried = new();
    readonly StringWriter _lines = new() { NewLine = "\n" };
    volatile ITextFormatter _format = format;

    /// <summary>From any thread: the next line is written so.</summary>
    public void Become(ITextFormatter next) => _format = next;

    /// <summary>From any thread: there will be no more rests, the log is about to end.</summary>
    public void Hurry() => _hurried.Set();

    public void Emit(LogEvent logEvent)
    {
        StringBuilder lines = _lines.GetStringBuilder();
        Append(logEvent, lines);
        bool isLast = queue.Waiting == 0;
        if (!isLast && lines.Length < Most)
            return;
        Write(lines);
        if (isLast)
            _hurried.Wait(_rest);
    }

    // An event that cannot be spelled leaves no half line for the next one to go on with.
    void Append(LogEvent logEvent, StringBuilder lines)
    {
        int whole = lines.Length;
        try
        {
            _format.Format(logEvent, _lines);
        }
        catch
        {
            lines.Length = whole;
            throw;
        }
    }

    // What a full disk does not take is lost, not kept: kept it would grow.
    void Write(StringBuilder lines)
    {
        try
        {
            output.Write(lines.ToString());
            output.Flush();
        }
        finally
        {
            lines.Clear();
        }
    }

    public void Dispose() => _hurried.Dispose();
}
