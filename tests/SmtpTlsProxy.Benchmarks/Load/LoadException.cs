namespace SmtpTlsProxy.Benchmarks.Load;

/// <summary>What the generator met and did not expect: the figures of such a run mean nothing.</summary>
sealed class LoadException(string message) : Exception(message);
