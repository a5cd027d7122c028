namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>What a client context lets pass to find out what a server can; never for mail.</summary>
public enum Examination
{
    /// <summary>Nothing: the policy for mail.</summary>
    None,

    /// <summary>TLS 1.0 and 1.1 alone, with whatever this OpenSSL still has.</summary>
    OldVersions,

    /// <summary>TLS 1.0 and up, with whatever this OpenSSL still has.</summary>
    AnyStrength,
}
