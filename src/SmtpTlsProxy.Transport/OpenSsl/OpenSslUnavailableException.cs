namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>OpenSSL is absent, or not the one that .NET uses. The message names the remedy.</summary>
public sealed class OpenSslUnavailableException : Exception
{
    /// <summary>With what is wrong and its remedy.</summary>
    public OpenSslUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
