using System.Globalization;
using System.Text.Json.Nodes;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>The report for machines, as probe.schema.json describes it.</summary>
static class ProbeJson
{
    public const int Version = 1;

    public static JsonObject Of(ProbeReport report) => new()
    {
        ["version"] = Version,
        ["time"] = Time(report.Now),
        ["verdict"] = report.Verdict,
        ["server"] = Server(report),
        ["greeting"] = Reply(report.Seen.Greeting),
        ["clear"] = Capabilities(report.Seen.Clear),
        ["startTls"] = Reply(report.Seen.StartTls),
        ["tls"] = report.Seen.Handshake is { } handshake ? Tls(report, handshake) : null,
        ["verification"] = report.Seen.IsEncrypted ? Verification(report) : null,
        ["chain"] = Array(report.Chain.Select(Certificate)),
        ["encrypted"] = Capabilities(report.Seen.Encrypted),
        ["difference"] = CapabilityDifference.Of(report.Seen) is { } difference
            ? new JsonObject { ["clearOnly"] = Words(difference.ClearOnly), ["encryptedOnly"] = Words(difference.EncryptedOnly) } : null,
        ["policy"] = Array(report.Policy.Select(Forecast)),
        ["proxy"] = report.Own is { } own ? Own(own) : null,
        ["intrusive"] = report.Intrusion is { } intrusion ? Intrusive(intrusion) : null,
        ["faults"] = Array(report.Faults.Select(Fault)),
        ["steps"] = Array(report.Seen.Steps.Select(Step)),
    };

    public static JsonObject Step(ProbeStep step) => new() { ["name"] = step.Name, ["milliseconds"] = Milliseconds(step.Duration), ["result"] = step.Result };

    public static JsonObject Fault(ProbeFault fault) => new() { ["code"] = fault.Code, ["severity"] = fault.Word, ["text"] = fault.Text, ["remedy"] = fault.Remedy };

    public static JsonArray Array(IEnumerable<JsonObject> items)
    {
        JsonArray array = [];
        foreach (JsonObject item in items)
            array.Add((JsonNode)item);
        return array;
    }

    public static JsonArray Words(IEnumerable<string> words)
    {
        JsonArray array = [];
        foreach (string word in words)
            array.Add((JsonNode)word);
        return array;
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    static double Milliseconds(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 3);

    static JsonObject Server(ProbeReport report) => new()
    {
        ["host"] = report.Options.Server.Host,
        ["port"] = report.Options.Server.Port,
        ["address"] = report.Seen.Address?.ToString(),
        ["tls"] = Vocabulary.TlsModes.WordOf(report.Options.Tls),
        ["expectedName"] = report.ExpectedName,
    };

    static JsonObject? Reply(SeenReply? reply) => reply is null ? null : new JsonObject { ["code"] = reply.Code, ["lines"] = Words(reply.Lines) };

    static JsonObject? Capabilities(SeenReply? reply) => reply is null ? null : new JsonObject { ["code"] = reply.Code, ["capabilities"] = Words(reply.Capabilities) };

    static JsonObject Tls(ProbeReport report, HandshakeResult handshake) => new()
    {
        ["established"] = handshake.Succeeded,
        ["version"] = Optional(handshake.Version),
        ["cipher"] = Optional(handshake.Cipher),
        ["group"] = Optional(handshake.Group),
        ["resumption"] = report.IsResumed switch { true => "resumed", false => "not_resumed", _ => "not_tested" },
        ["olderVersion"] = report.Old?.Version,
        ["weakest"] = report.Weakest is { } weak ? new JsonObject { ["version"] = weak.Version, ["cipher"] = weak.Cipher } : null,
        ["milliseconds"] = Milliseconds(handshake.Duration),
        ["failure"] = handshake.Succeeded ? null : Probing.Words.Of(handshake.Outcome),
        ["detail"] = Optional(Printable.Of(handshake.Detail)),
    };

    static string? Optional(string text) => text.Length > 0 ? text : null;

    static JsonObject Verification(ProbeReport report) => new() { ["verdict"] = Probing.Words.Of(report.Verification), ["reason"] = report.Reason };

    static JsonObject Certificate(CertificateFacts one) => new()
    {
        ["subject"] = one.Subject,
        ["issuer"] = one.Issuer,
        ["notBefore"] = Time(one.NotBefore),
        ["notAfter"] = Time(one.NotAfter),
        ["names"] = Words(one.Names),
        ["key"] = one.KeyKind,
        ["keyBits"] = one.KeyBits,
        ["signature"] = one.Signature,
        ["sha256"] = one.Sha256,
        ["spkiSha256"] = one.SpkiSha256,
        ["selfIssued"] = one.IsSelfIssued,
    };

    static JsonObject Forecast(Forecast one) => new()
    {
        ["tls"] = one.Tls,
        ["verify"] = one.Verify == "-" ? null : one.Verify,
        ["decision"] = one.Decision,
        ["reply"] = one.Reply,
        ["auth"] = one.MayAuth,
        ["why"] = one.Why,
    };

    static JsonObject Own(OwnListener own) => new()
    {
        ["listener"] = own.Listener.Name,
        ["tls"] = own.Listener.Tls,
        ["upstream"] = own.Listener.Upstream,
        ["upstreamTls"] = own.Upstream?.Tls,
        ["upstreamVerify"] = own.Upstream?.Verify,
        ["messages"] = own.Listener.Messages,
        ["encryptedFromClient"] = own.Listener.EncryptedFromClient,
        ["encryptedToUpstream"] = own.Listener.EncryptedToUpstream,
    };

    static JsonObject Intrusive(Intrusion found) => new()
    {
        ["injection"] = found.Injection is { } injection ? Test(injection) : null,
        ["bareNewlines"] = Test(found.BareNewlines),
        ["endOfData"] = Test(found.EndOfData),
        ["relay"] = Test(found.Relay),
    };

    static JsonObject Test(IntrusionTest test) => new() { ["result"] = test.Result, ["exposed"] = test.Exposed, ["tested"] = test.Tested };
}
