using System.Text;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;
using Serilog.Parsing;

namespace SmtpTlsProxy.Telemetry;

/// <summary>The process's log: written behind a bounded queue that drops and counts rather than block a loop. Disposing flushes it.</summary>
sealed class LogSetup : IDisposable, IAsyncDisposable
{
    const int QueuedEvents = 10_000;

    readonly Logger _logger;
    readonly TimeProvider _time;

    readonly LoggingLevelSwitch _level;
    readonly LogWriter _writer;
    readonly ClientAddress _clients;

    LogSetup(Logger logger, LoggingLevelSwitch level, LogWriter writer, LogOptions options, TimeProvider time)
    {
        (_logger, _level, _writer, _time) = (logger, level, writer, time);
        _clients = new(options.ClientIp);
        Provider = new SerilogLoggerProvider(logger);
        Sessions = new(new LogLines(logger, time), _clients, Provider.CreateLogger(nameof(SmtpTlsProxy)));
    }

    /// <summary>For the framework's messages, warnings and worse, and for every room's own by <c>[LoggerMessage]</c>.</summary>
    public ILoggerProvider Provider { get; }

    /// <summary>The sessions' lines.</summary>
    public SessionLog Sessions { get; }

    /// <param name="options">Level, form, and how clients are named.</param>
    /// <param name="metrics">Where dropped events are counted.</param>
    /// <param name="time">The clock of session and message lines.</param>
    /// <param name="output">Where lines go instead of stdout.</param>
    public static LogSetup Create(LogOptions options, Metrics metrics, TimeProvider time, TextWriter? output = null)
    {
        LogQueue queue = new();
        metrics.CountDroppedLogEvents(() => queue.Dropped);
        LoggingLevelSwitch level = new(LevelOf(options));
        LogWriter writer = new(output ?? StandardOutput(), FormatOf(options), queue);
        Logger logger = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)    // YARP brings it along; nothing here uses its keys
            .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Fatal)           // why a start failed is told on stderr, without a trace
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .MinimumLevel.Override("Yarp", LogEventLevel.Warning)
            .WriteTo.Async(sinks => sinks.Sink(writer), QueuedEvents, blockWhenFull: false, queue)
            .CreateLogger();
        return new(logger, level, writer, options, time);
    }

    /// <summary>All of it can change while the process runs; sessions under way too are written so from now on.</summary>
    public void Become(LogOptions next)
    {
        _level.MinimumLevel = LevelOf(next);
        _writer.Become(FormatOf(next));
        _clients.Become(next.ClientIp);
    }

    /// <summary>Something that was refused, and needs an operator. The text is ours, never a peer's.</summary>
    public void Error(string what) => Write(LogEventLevel.Error, what);

    /// <summary>Something an operator should look at. The text is ours, never a peer's.</summary>
    public void Warn(string what) => Write(LogEventLevel.Warning, what);

    /// <summary>Something worth knowing about the process itself.</summary>
    public void Tell(string what) => Write(LogEventLevel.Information, what);

    public void Dispose()
    {
        _writer.Hurry();
        _logger.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        _writer.Hurry();
        return _logger.DisposeAsync();
    }

    // The console's own writer hands on 256 characters at a time.
    static StreamWriter StandardOutput() => new(Console.OpenStandardOutput(), new UTF8Encoding(false), 16 * 1024);

    static LogEventLevel LevelOf(LogOptions options) => Enum.Parse<LogEventLevel>(options.Level, ignoreCase: true);

    static ITextFormatter FormatOf(LogOptions options) => options.Json ? new LogJson() : new LogText();

    // The text is the whole message: nothing in it is a hole.
    void Write(LogEventLevel level, string what) =>
        _logger.Write(new LogEvent(_time.GetUtcNow(), level, null, new MessageTemplate(what, [new TextToken(what)]), []));
}
