using System.Reflection;
using System.Text;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Reference;

/// <summary>All that the proxy may ever say for itself (rule 1.1), as octets.</summary>
static class OwnWords
{
    static readonly HashSet<string> _all =
    [
        .. typeof(OwnReplies).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<OwnReply>()
            .Select(reply => Encoding.ASCII.GetString(reply.Octets)),
    ];

    public static bool Refuses(string reply) => reply[0] is '4' or '5' && _all.Contains(reply);

    /// <summary>Our own answer to this act; never 2xx but to STARTTLS and QUIT (rule 5.4).</summary>
    public static bool Answers(Act act) => act.Reply is { } reply
        && (Refuses(reply) || (act.Verb is "STARTTLS" && act.Code == 220 && _all.Contains(reply)) || Ends(act));

    /// <summary>What may stand in place of the upstream's reply: the session's or the message's end.</summary>
    public static bool Replaces(Act act) =>
        Refuses(act.Reply!) && (act.Code is 421 || (act.Code is 451 or 550 && act.Kind is not ActKind.Command)) || Ends(act);

    static bool Ends(Act act) => act.Verb is "QUIT" && act.Code == 221 && _all.Contains(act.Reply!);
}
