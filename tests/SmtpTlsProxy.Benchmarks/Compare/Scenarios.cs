using System.IO.Enumeration;
using SmtpTlsProxy.Benchmarks.Load;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>What compare measures, in the order of its table.</summary>
static class Scenarios
{
    const int Megabytes = 50;

    /// <summary>Those whose names one of the patterns matches; all without a pattern. Only a handshake tells one kind of key from another.</summary>
    public static IReadOnlyList<Scenario> Chosen(IReadOnlyList<string> patterns, IReadOnlyList<Key> keys) =>
    [
        .. from key in keys
           from side in (Side[])[Side.Ingress, Side.Egress]
           from tls in (TlsKind[])[TlsKind.Implicit, TlsKind.StartTls]
           from scenario in Of(side, tls, key)
           where key == keys[0] || scenario.Work is Work.Handshake or Work.Resumed or Work.Session
           where Matches(scenario.Name, patterns)
           select scenario,
    ];

    public static bool Matches(string name, IReadOnlyList<string> patterns) =>
        patterns.Count == 0 || patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name));

    static IEnumerable<Scenario> Of(Side side, TlsKind tls, Key key) =>
    [
        new(side, tls, "handshake", Work.Handshake, key),
        new(side, tls, "resumed", Work.Resumed, key),
        new(side, tls, "session", Work.Session, key),
        new(side, tls, "message", Work.Message, key),
        new(side, tls, "pipelined", Work.Pipelined, key),
        new(side, tls, "single", Work.Message, key) { Clients = 1 },
        Bulk(side, tls, "bulk", Work.Bulk, key),
        Bulk(side, tls, "bdat", Work.Chunks, key),
    ];

    static Scenario Bulk(Side side, TlsKind tls, string word, Work work, Key key) => new(side, tls, word, work, key, Megabytes) { Clients = 2 };
}
