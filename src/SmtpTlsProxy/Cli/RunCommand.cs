using System.CommandLine;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Cli;

/// <summary><c>run</c>: the proxy, from a file or from flags.</summary>
static class RunCommand
{
    static readonly Option<string?> Config = new("--config") { Description = $"Configuration file, YAML or JSON. Default: {ConfigurationSources.DefaultFile} if it exists.", HelpName = "FILE" };
    static readonly Option<string?> Listen = Flag("--listen", "ADDR", "Without a file: where clients connect, host:port, [v6]:port or unix:/path.");
    static readonly Option<string?> Tls = Flag("--tls", "MODE", "TLS towards clients: none, opportunistic, required or implicit.");
    static readonly Option<string?> Upstream = Flag("--upstream", "HOST:PORT", "The server behind the proxy.");
    static readonly Option<string?> UpstreamTls = Flag("--upstream-tls", "MODE", "TLS towards the server: the same four words.");
    static readonly Option<string?> Cert = Flag("--cert", "FILE", "Certificate chain (PEM).");
    static readonly Option<string?> Key = Flag("--key", "FILE", "Private key (PEM).");
    static readonly Option<string[]> SelfSigned = new("--self-signed") { Description = "In place of --cert and --key: a certificate for this name, made at the start; may be repeated.", HelpName = "NAME" };
    static readonly Option<string?> Identity = Flag("--identity", "WORD", "How the server learns who the client is: none, proxyV1, proxyV2, xclient or xforward.");
    static readonly Option<string[]> Allow = new("--allow") { Description = "Who may connect; may be repeated.", HelpName = "NET" };
    static readonly Option<string?> Metrics = Flag("--metrics", "ADDR", "Where /metrics, /livez and /readyz are served, or disabled.");
    static readonly Option<string?> Status = Flag("--status", "ADDR", "Where the status page and drain are served; off without a file unless named.");

    public static Command Build()
    {
        Command command = new("run", """
            Run the proxy until SIGTERM or Ctrl-C; it drains first. SIGHUP, or a change of a file, reloads.

            Example: smtp-tls-proxy run --config /etc/smtp-tls-proxy/config.yaml
                     smtp-tls-proxy run --listen 127.0.0.1:2587 --tls none --upstream smtp.example.net:587 --upstream-tls required

            Exit codes: 0 clean stop, 64 flags, 69 cannot bind, 70 a bug, 78 configuration.
            """) { Config, Listen, Tls, Upstream, UpstreamTls, Cert, Key, SelfSigned, Identity, Allow, Metrics, Status };
        command.SetAction((parsed, cancel) => RunAsync(parsed, cancel));
        return command;
    }

    static Option<string?> Flag(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    static Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        LoadResult loaded = Load(parsed, isReload: false);
        foreach (Mistake warning in loaded.Warnings)
            Console.Error.WriteLine($"warning: {warning}");
        if (loaded.Configuration is not null)
            return ServeAsync(loaded, () => Load(parsed, isReload: true), cancel);
        foreach (Mistake mistake in loaded.Mistakes)
            Console.Error.WriteLine($"error: {mistake}");
        Console.Error.WriteLine("The proxy does not start with these. smtp-tls-proxy check tells the same without starting.");
        return Task.FromResult(ExitCodes.Configuration);
    }

    static LoadResult Load(ParseResult parsed, bool isReload) =>
        ConfigurationLoader.Load(ConfigurationSources.Read(parsed.GetValue(Config), FlagsOf(parsed)), Machine.Current(TimeProvider.System), checkCertificateFiles: !isReload);

    static Task<int> ServeAsync(LoadResult loaded, Func<LoadResult> again, CancellationToken cancel) => StartFailures.ToldAsync(async () =>
    {
        await using ProxyHost host = new(loaded, again);
        await host.StartAsync(cancel);
        await host.WaitForShutdownAsync(cancel);
    });

    static RunFlags FlagsOf(ParseResult parsed) => new()
    {
        Listen = parsed.GetValue(Listen),
        Tls = parsed.GetValue(Tls),
        Upstream = parsed.GetValue(Upstream),
        UpstreamTls = parsed.GetValue(UpstreamTls),
        Cert = parsed.GetValue(Cert),
        Key = parsed.GetValue(Key),
        SelfSigned = parsed.GetValue(SelfSigned) ?? [],
        Identity = parsed.GetValue(Identity),
        Allow = parsed.GetValue(Allow) ?? [],
        Metrics = parsed.GetValue(Metrics),
        Status = parsed.GetValue(Status),
    };
}
