namespace SmtpTlsProxy.Protocol;

/// <summary>The parameters of a MAIL command (RFC 5321 section 4.1.2).</summary>
public static class MailParameters
{
    /// <summary>
    /// What stands behind the path. A quoted local part may hold spaces and <c>&gt;</c>; where the path does not end, everything is taken for
    /// parameters: better one refused too many than one that a lenient server reads otherwise.
    /// </summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> argument)
    {
        int open = argument.IndexOf((byte)'<');
        bool isQuoted = false;
        for (int at = open + 1; open >= 0 && at < argument.Length; at++)
        {
            if (argument[at] == '\\' && isQuoted)
                at++;
            else if (argument[at] == '"')
                isQuoted = !isQuoted;
            else if (argument[at] == '>' && !isQuoted)
                return argument[(at + 1)..];
        }
        return argument;
    }
}
