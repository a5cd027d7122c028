using Serilog;
using Serilog.Events;
using Serilog.Parsing;

namespace SmtpTlsProxy.Telemetry;

/// <summary>The two lines that tools read, one a session and one a message. Names and order of their fields are part of the contract with those tools.</summary>
sealed class LogLines(ILogger logger, TimeProvider time)
{
    public static readonly MessageTemplate SessionTemplate = Fixed("session");
    public static readonly MessageTemplate MessageTemplate = Fixed("message");

    public void Session(in SessionLine line)
    {
        // A balancer's check every few seconds is not worth a line; a bug of ours is.
        LogEventLevel level = line.End switch { "empty" => LogEventLevel.Debug, "fault" => LogEventLevel.Error, _ => LogEventLevel.Information };
        if (logger.IsEnabled(level))
            logger.Write(new LogEvent(time.GetUtcNow(), level, null, SessionTemplate, Fields(line)));
    }

    public void Message(in MessageLine line)
    {
        if (logger.IsEnabled(LogEventLevel.Information))
            logger.Write(new LogEvent(time.GetUtcNow(), LogEventLevel.Information, null, MessageTemplate, Fields(line)));
    }

    static LogEventProperty[] Fields(in SessionLine line) =>
    [
        Field("session", line.Session),
        Field("listener", line.Listener),
        Field("upstream", line.Upstream),
        Field("destination", line.Destination),
        Field("client", line.Client),
        Field("end", line.End),
        Field("duration_ms", line.Milliseconds),
        Field("client_security", line.ClientSecurity),
        Field("client_tls", line.ClientTls),
        Field("client_cipher", line.ClientCipher),
        Field("client_handshake", line.ClientHandshake),
        Field("upstream_security", line.UpstreamSecurity),
        Field("upstream_tls", line.UpstreamTls),
        Field("upstream_cipher", line.UpstreamCipher),
        Field("upstream_handshake", line.UpstreamHandshake),
        Field("messages", line.Messages),
        Field("accepted", line.Accepted),
        Field("violations", line.Violations),
        Field("violation", line.Violation),
        Field("reply", line.Reply),
        Field("client_in", line.Bytes.ClientIn),
        Field("client_out", line.Bytes.ClientOut),
        Field("upstream_in", line.Bytes.UpstreamIn),
        Field("upstream_out", line.Bytes.UpstreamOut),
    ];

    static LogEventProperty[] Fields(in MessageLine line) =>
    [
        Field("session", line.Session),
        Field("listener", line.Listener),
        Field("upstream", line.Upstream),
        Field("destination", line.Destination),
        Field("client", line.Client),
        Field("outcome", line.Outcome),
        Field("size", line.Size),
        Field("duration_ms", line.Milliseconds),
        Field("client_security", line.ClientSecurity),
        Field("upstream_security", line.UpstreamSecurity),
    ];

    static LogEventProperty Field(string name, object? value) => new(name, new ScalarValue(value));

    static MessageTemplate Fixed(string name) => new(name, [new TextToken(name)]);
}
