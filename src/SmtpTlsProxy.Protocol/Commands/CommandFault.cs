namespace SmtpTlsProxy.Protocol;

/// <summary>What is wrong with a command line whatever its verb.</summary>
public enum CommandFault : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>An ill-formed verb, or an octet that no command may carry (rule 2.9).</summary>
    Syntax,

    /// <summary>An HTTP verb, or a word that looks like a header (rule 2.7).</summary>
    Http,
}
