namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>A certificate, key or root that cannot be used: said in words for whoever configured it, never with a secret.</summary>
public sealed class TlsException : Exception
{
    /// <summary>With what is wrong.</summary>
    public TlsException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
