namespace SmtpTlsProxy.Benchmarks.Sinks;

/// <summary>Where the sink listens. Those with tickets let a client resume; those without make every handshake of a client's a full one.</summary>
sealed record SinkPorts(int Plain, int Implicit, int ImplicitTickets, int StartTls, int StartTlsTickets, int AuthHttp);
