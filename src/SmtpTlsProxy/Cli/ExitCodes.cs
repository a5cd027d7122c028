namespace SmtpTlsProxy.Cli;

/// <summary>Exit codes as sysexits.h names them.</summary>
static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>Of probe and explain: the server is not safe.</summary>
    public const int NotSafe = 1;

    /// <summary>Of probe and explain: the server could not be reached.</summary>
    public const int Unreachable = 2;

    /// <summary>EX_USAGE: flags.</summary>
    public const int Usage = 64;

    /// <summary>EX_UNAVAILABLE: cannot bind, or OpenSSL is missing.</summary>
    public const int Unavailable = 69;

    /// <summary>EX_SOFTWARE: a bug.</summary>
    public const int Software = 70;

    /// <summary>EX_CONFIG: configuration.</summary>
    public const int Configuration = 78;
}
