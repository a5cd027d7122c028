using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Telemetry;

namespace SmtpTlsProxy.Cli;

/// <summary>From what the operator wrote to what the log wants: the Telemetry room does not know the configuration.</summary>
static class LogConfigurationExtensions
{
    public static LogOptions ToOptions(this LogConfiguration log) => new(log.Level, log.Format == LogFormat.Json, log.ClientIp switch
    {
        ClientIpLogging.Prefix => ClientAddressing.Prefix,
        ClientIpLogging.Hashed => ClientAddressing.Hashed,
        _ => ClientAddressing.Full,
    });
}
