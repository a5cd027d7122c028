namespace SmtpTlsProxy.Telemetry;

/// <summary>How a client's address is written into the log.</summary>
enum ClientAddressing { Full, Prefix, Hashed }

/// <summary>What the log is to be. <paramref name="Level"/>: verbose, debug, information, warning, error or fatal.</summary>
sealed record LogOptions(string Level = "information", bool Json = true, ClientAddressing ClientIp = ClientAddressing.Full);
