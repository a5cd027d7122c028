namespace SmtpTlsProxy.Cli.Probing;

/// <summary>What the proxy would do with this server as an upstream, under one mode.</summary>
/// <param name="Tls">The mode's word.</param>
/// <param name="Verify">The word of verify.mode.</param>
/// <param name="Decision">clear, encrypted, verified or refused.</param>
/// <param name="Reply">What a client hears when it is refused.</param>
/// <param name="MayAuth">A client may send its password through.</param>
/// <param name="Why">In words.</param>
sealed record Forecast(string Tls, string Verify, string Decision, string? Reply, bool MayAuth, string Why);
