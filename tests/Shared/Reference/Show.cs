using System.Text;

namespace SmtpTlsProxy.Reference;

/// <summary>Octets for people.</summary>
public static class Show
{
    public static string Octets(string octets)
    {
        StringBuilder shown = new();
        foreach (char octet in octets.Length > 600 ? octets[..600] : octets)
            shown.Append(octet switch { '\r' => "\\r", '\n' => "\\n", < ' ' or > '~' => $"\\x{(int)octet:x2}", _ => octet });
        return octets.Length > 600 ? $"{shown}… ({octets.Length})" : shown.ToString();
    }

    public static string Acts(IEnumerable<Act> acts) =>
        string.Join('\n', acts.Select(act => $"  {act.Kind} {Octets(act.Text)} [{Octets(act.Octets)}] -> {(act.Reply is null ? "-" : Octets(act.Reply))}"));
}

/// <summary>The proxy and the reference disagree.</summary>
public sealed class MismatchException(string message) : Exception(message);
