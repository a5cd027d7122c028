using System.CommandLine;
using System.Net;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary><c>probe</c>: what a mail administrator needs to know of a server, for people and for machines.</summary>
static class ProbeCommand
{
    const string Description = """
        Speaks to a server as the proxy would, and tells what it offers and what is wrong with it: greeting, capabilities in clear and inside TLS, version,
        cipher, group, resumption, certificate chain, and what the proxy would decide in each tls mode. Sends no mail.
        Exits 0 if the server is safe, 1 if not, 2 if it cannot be reached, 64 for a mistake in the command line.

        Example:
          smtp-tls-proxy probe mail.example.net
          smtp-tls-proxy probe mail.example.net:465 --json
          smtp-tls-proxy probe 192.0.2.7:25 --name mail.example.net --intrusive --from me@example.com --to you@example.org
        """;

    static readonly Argument<string?> Server = new("SERVER")
    {
        Description = "HOST[:PORT], [V6]:PORT or unix:/path; the port is 25 if not written",
        HelpName = "HOST[:PORT]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    static readonly Option<string?> Tls = Word("--tls", "MODE", "opportunistic, required, implicit or none (default: implicit on port 465, else required)");
    static readonly Option<string?> Name = Word("--name", "NAME", "The name that the certificate must carry (default: HOST)");
    static readonly Option<string?> CaFile = Word("--ca-file", "FILE", "Roots (PEM) in place of the system's");
    static readonly Option<string?> Helo = Word("--helo", "NAME", "How to call ourselves in EHLO (default: our address)");
    static readonly Option<string?> Limit = Word("--timeout", "TIME", "How long one connection may take (default: 30s)");
    static readonly Option<bool> Json = new("--json") { Description = "Print the report as JSON; --schema prints its JSON Schema" };
    static readonly Option<bool> Schema = new("--schema") { Description = "Print the JSON Schema of --json" };
    static readonly Option<bool> Intrusive = new("--intrusive") { Description = "Also test for STARTTLS injection, smuggling and an open relay; no message is ever completed. Only with the owner's leave" };
    static readonly Option<string?> From = Word("--from", "ADDRESS", "Sender of the open-relay test (default: probe@example.com)");
    static readonly Option<string?> To = Word("--to", "ADDRESS", "Recipient of the open-relay test: not the server's own (default: probe@example.org)");
    static readonly Option<string> Status = StatusAddress.Option();

    public static Command Build()
    {
        Command command = new("probe", Description) { Server, Tls, Name, CaFile, Helo, Limit, Json, Schema, Intrusive, From, To, Status };
        command.SetAction(RunAsync);
        return command;
    }

    static Option<string?> Word(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        TextWriter error = parsed.InvocationConfiguration.Error;
        if (parsed.GetValue(Schema))
        {
            output.Write(ReportSchema.Probe);
            return ExitCodes.Ok;
        }
        ProbeArguments arguments = new(parsed.GetValue(Server), parsed.GetValue(Tls), parsed.GetValue(Name), parsed.GetValue(CaFile), parsed.GetValue(Helo),
            parsed.GetValue(Limit), parsed.GetValue(Intrusive), parsed.GetValue(From), parsed.GetValue(To));
        Parsed<ProbeOptions> options = arguments.Read();
        return options.Problem is { } problem
            ? Refuse(error, problem)
            : await ProbeAsync(options.Value, parsed.GetValue(Status)!, parsed.GetValue(Json), output, error, cancellation);
    }

    static async Task<int> ProbeAsync(ProbeOptions options, string status, bool json, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        try
        {
            ProbeReport report = await new ProbeRun(options, TimeProvider.System, error.WriteLine).RunAsync(cancellation);
            if (report is { IsReached: true, Seen.Address: IPEndPoint at })
                report = report with { Own = await OwnListener.FindAsync(at, status, cancellation) };
            if (json)
                JsonText.Write(output, ProbeJson.Of(report));
            else
                ProbeText.Write(new ReportWriter(output, Palette.For(output)), report);
            return report.ExitCode;
        }
        catch (Exception e) when (e is TlsException or TrustUnusableException)
        {
            return Refuse(error, $"--ca-file: {e.Message}");
        }
        catch (OpenSslUnavailableException e)
        {
            error.WriteLine($"error: {e.Message}");
            return ExitCodes.Unavailable;
        }
    }

    static int Refuse(TextWriter error, string problem)
    {
        error.WriteLine($"error: {problem}. smtp-tls-proxy probe --help tells what there is.");
        return ExitCodes.Usage;
    }
}
