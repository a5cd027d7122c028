using System.Globalization;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>The report for people.</summary>
static class ProbeText
{
    public static void Write(ReportWriter to, ProbeReport report)
    {
        to.Line();
        to.Line($"{report.Options.Server}{(report.Seen.Address is { } at && at.ToString() != report.Options.Server.ToString() ? $" ({at})" : "")}: {Verdict(to.Palette, report.Verdict)}");
        if (report.IsReached)
            Seen(to, report);
        Findings(to, report.Faults);
    }

    public static string Verdict(Palette palette, string verdict) => verdict switch
    {
        "safe" => palette.Good("safe"),
        "not_safe" => palette.Bad("NOT SAFE"),
        _ => palette.Bad("UNREACHABLE"),
    };

    public static void Findings(ReportWriter to, IReadOnlyList<ProbeFault> faults)
    {
        to.Line();
        to.Line(to.Palette.Title(faults.Count > 0 ? "Findings" : "No findings."));
        foreach (ProbeFault fault in faults)
            to.Finding(fault);
        to.Line();
    }

    static void Seen(ReportWriter to, ProbeReport report)
    {
        to.Line();
        Dialogue(to, report.Seen);
        if (report.Seen.Handshake is { } handshake)
            Tls(to, report, handshake);
        foreach ((CertificateFacts one, int at) in report.Chain.Select((one, at) => (one, at)))
            Certificate(to, one, at, report.Now);
        if (report.Policy.Count > 0)
            Policy(to, report.Policy);
        if (report.Own is { } own)
            Own(to, own);
        if (report.Intrusion is { } intrusion)
            Intrusive(to, intrusion);
    }

    public static void Dialogue(ReportWriter to, Observation seen)
    {
        if (seen.Greeting is { } greeting)
            to.Entry("Greeting", greeting.ToString());
        if (seen.Clear is { } clear)
            to.Entry("In clear", Offered(clear));
        if (seen.StartTls is { } startTls)
            to.Entry("STARTTLS", startTls.ToString());
        if (seen.Encrypted is { } encrypted)
            to.Entry("Inside TLS", Offered(encrypted));
        if (CapabilityDifference.Of(seen) is { } difference)
            to.Entry("", $"in clear only: {List(difference.ClearOnly)}; inside TLS only: {List(difference.EncryptedOnly)}");
    }

    static void Tls(ReportWriter to, ProbeReport report, HandshakeResult handshake)
    {
        if (!handshake.Succeeded)
        {
            to.Entry("TLS", to.Palette.Bad($"no: {Words.Of(handshake.Outcome)} {Printable.Of(handshake.Detail)}"));
            return;
        }
        string resumed = report.IsResumed switch { true => ", resumed by a second connection", false => ", not resumed by a second connection", _ => "" };
        to.Entry("TLS", string.Create(CultureInfo.InvariantCulture,
            $"{handshake.Version}, {handshake.Cipher}{(handshake.Group.Length > 0 ? $", {handshake.Group}" : "")}{resumed} ({handshake.Duration.TotalMilliseconds:F0} ms)"));
        to.Entry("", report.Old is { } old ? to.Palette.Doubtful($"{old.Version} is accepted too") : "TLS 1.0 and 1.1 are not accepted");
        bool good = report.Verification is HandshakeOutcome.Ok;
        to.Entry("Verified", good ? to.Palette.Good($"yes, as {report.ExpectedName}") : to.Palette.Bad($"no, as {report.ExpectedName}: {report.Reason}"));
    }

    static void Certificate(ReportWriter to, CertificateFacts one, int at, DateTimeOffset now)
    {
        to.Entry(at == 0 ? "Certificate" : $"issuer {at}", one.Subject);
        if (at == 0)
            to.Entry("", $"names {List(one.Names)}");
        to.Entry("", $"issued by {(one.IsSelfIssued ? "itself" : one.Issuer)}");
        to.Entry("", string.Create(CultureInfo.InvariantCulture, $"{one.NotBefore:yyyy-MM-dd} to {one.NotAfter:yyyy-MM-dd} ({(one.NotAfter - now).Days} days left), {one.Key}, {one.Signature}"));
        if (at == 0)
            to.Entry("", $"SHA-256 {one.Sha256}");
        if (at == 0)
            to.Entry("", $"SPKI SHA-256 {one.SpkiSha256}");
    }

    static void Policy(ReportWriter to, IReadOnlyList<Forecast> policy)
    {
        to.Line();
        to.Line(to.Palette.Title("As an upstream of the proxy"));
        foreach (Forecast one in policy)
        {
            string decision = $"{one.Decision}{(one.Reply is { } reply ? $" ({reply})" : "")}, AUTH {(one.MayAuth ? "passes" : "does not pass")}";
            to.Entry($"  {one.Tls}", $"{(one.Verify == "-" ? "" : $"verify {one.Verify}: ")}{decision}: {one.Why}");
        }
    }

    static void Own(ReportWriter to, OwnListener own)
    {
        to.Line();
        to.Entry("Proxy", $"This is listener {own.Listener.Name} of the proxy on this machine (tls {own.Listener.Tls}); the leg behind it goes to upstream {own.Listener.Upstream}");
        if (own.Upstream is { } upstream)
            to.Entry("", $"tls {upstream.Tls}, verify {upstream.Verify}: {List([.. upstream.Destinations.Select(one => $"{one.Id} {one.Address}")])}");
        to.Entry("", $"{own.Listener.Messages} messages so far, {own.Listener.EncryptedFromClient} encrypted in, {own.Listener.EncryptedToUpstream} encrypted out; explain {own.Listener.Upstream} tells more");
    }

    static void Intrusive(ReportWriter to, Intrusion found)
    {
        to.Line();
        to.Line(to.Palette.Title("Intrusive tests (no message was completed)"));
        foreach ((string name, IntrusionTest? test) in ((string, IntrusionTest?)[])[("  injection", found.Injection), ("  bare LF", found.BareNewlines), ("  smuggling", found.EndOfData), ("  relay", found.Relay)])
        {
            if (test is not null)
                to.Entry(name, $"{test.Result.Replace('_', ' ')}. {test.Tested}");
        }
    }

    static string Offered(SeenReply reply) => reply.IsFine ? List(reply.Capabilities) : reply.ToString();

    static string List(IReadOnlyList<string> words) => words.Count > 0 ? string.Join(", ", words) : "nothing";
}
