using System.Text;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>What is wrong with a server's certificate.</summary>
enum Defect { None, WrongName, UnknownIssuer, Expired }

sealed record PostfixOptions
{
    /// <summary>smtpd_tls_security_level: none, may, encrypt.</summary>
    public string Tls { get; init; } = "none";

    public Defect Defect { get; init; }

    /// <summary>A second port with TLS from the first octet.</summary>
    public bool Implicit { get; init; }

    /// <summary>A port that wants a PROXY header first.</summary>
    public bool Proxy { get; init; }

    /// <summary>AUTH with <see cref="Mechanisms"/>; the account is <see cref="MailServer.User"/>.</summary>
    public bool Auth { get; init; }

    /// <summary>SASL mechanisms, blanks between.</summary>
    public string Mechanisms { get; init; } = "PLAIN LOGIN";

    /// <summary>A network to stand in, on all its addresses.</summary>
    public NetworkNamespace? Network { get; init; }

    /// <summary>Lines for main.cf; later ones win.</summary>
    public string Extra { get; init; } = "";
}

/// <summary>A Postfix instance wholly below one directory, on 127.0.0.1. It takes mail for <see cref="Names.Domain"/> and keeps it as it came.</summary>
sealed class Postfix : MailServer
{
    const int SigKill = 9;

    readonly string _postfix = Needs.Tool("postfix");

    Postfix(PostfixOptions options) => Options = options;

    public PostfixOptions Options { get; }
    public int ImplicitPort { get; } = Ports.Free();
    public int ProxyPort { get; } = Ports.Free();

    /// <summary>The certificate that it shows.</summary>
    public PemPair Shown { get; private set; } = null!;

    public override string Log => ReadShared(Scratch.PathTo("log"));

    string Etc => Scratch.PathTo("etc");

    public static async Task<Postfix> StartAsync(PostfixOptions? options = null)
    {
        Needs.Postfix();
        var postfix = new Postfix(options ?? new PostfixOptions());
        await postfix.LayOutAsync();
        await postfix.LaunchAsync();
        Leftovers.Add(postfix, () => System.Diagnostics.Process.Start(postfix._postfix, ["-c", postfix.Etc, "stop"]).WaitForExit());
        await Eventually.TrueAsync(() => RawSmtp.AnswersAsync(postfix.Port, postfix.Options.Network), () => "Postfix greets:\n" + postfix.Log);
        return postfix;
    }

    public override async ValueTask DisposeAsync()
    {
        Leftovers.Remove(this);
        await Shell.RunAsync(_postfix, ["-c", Etc, "stop"]);
        Forget();
    }

    /// <summary>As a machine that loses its power: every process of it at once.</summary>
    public async Task KillAsync()
    {
        // Its master holds a lock on it, which .NET minds.
        Ran read = await Shell.RunAsync(Needs.Tool("cat"), [Scratch.PathTo("spool/pid/master.pid")]);
        int master = int.Parse(read.Output.Trim(), System.Globalization.CultureInfo.InvariantCulture);
        if (SendSignal(-master, SigKill) != 0)
            throw new InvalidOperationException($"Postfix's processes {master} could not be killed");
    }

    /// <summary>And again, with what it has in its queue.</summary>
    public async Task StartAgainAsync()
    {
        // Its start script would look through queues that changed under it; the master alone brings the queue back.
        string why = "";
        await Eventually.TrueAsync(
            async () =>
            {
                Ran ran = await Shell.RunAsync("/usr/lib/postfix/sbin/master", ["-c", Etc, "-w"]);
                why = ran.All;
                return ran.ExitCode == 0;
            },
            () => $"Postfix starts again: {why}\n{Log}");
        await Eventually.TrueAsync(() => RawSmtp.AnswersAsync(Port), () => "Postfix greets again:\n" + Log);
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "kill")]
    static extern int SendSignal(int process, int signal);

    Task LaunchAsync() => Options.Network is { } network
        ? network.MustAsync([_postfix, "-c", Etc, "start"])
        : Shell.MustAsync(_postfix, "-c", Etc, "start");

    async Task LayOutAsync()
    {
        foreach (string folder in (string[])["etc/sasl", "spool", "data", "mail"])
            Directory.CreateDirectory(Scratch.PathTo(folder));
        Scratch.Write("etc/main.cf", MainCf());
        Scratch.Write("etc/master.cf", MasterCf());
        await Shell.MustAsync("chown", "postfix", Scratch.PathTo("data"));
        await Shell.MustAsync("chown", "nobody", Scratch.PathTo("mail"));
        if (Options.Auth)
            await AddAccountAsync();
    }

    async Task AddAccountAsync()
    {
        // Debian's Postfix looks below its configuration folder, others where they are told.
        string accounts = Scratch.PathTo("etc/sasl/accounts");
        Scratch.Write("etc/sasl/smtpd.conf", $"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {accounts}\nmech_list: {Options.Mechanisms}\n");
        string[] user = User.Split('@');
        Ran ran = await Shell.RunAsync(Needs.Tool("saslpasswd2"), ["-c", "-p", "-f", accounts, "-u", user[1], user[0]], Encoding.ASCII.GetBytes(Password));
        ran.MustSucceed("saslpasswd2");
        await Shell.MustAsync("chown", "postfix", accounts);
    }

    string MainCf()
    {
        PemPair pair = Shown = Certificate();
        return $"""
            compatibility_level = 3.6
            queue_directory = {Scratch.PathTo("spool")}
            data_directory = {Scratch.PathTo("data")}
            command_directory = /usr/sbin
            daemon_directory = /usr/lib/postfix/sbin
            mail_owner = postfix
            setgid_group = postdrop
            maillog_file_prefixes = {Scratch.Folder}
            maillog_file = {Scratch.PathTo("log")}
            myhostname = {Names.Server}
            inet_interfaces = {(Options.Network is null ? "127.0.0.1" : "all")}
            inet_protocols = ipv4
            mynetworks = 127.0.0.0/8
            mydestination =
            alias_maps =
            alias_database =
            local_recipient_maps =
            local_header_rewrite_clients =
            virtual_mailbox_domains = {Names.Domain}
            virtual_mailbox_base = {Scratch.PathTo("mail")}
            virtual_mailbox_maps = static:inbox/
            virtual_uid_maps = static:65534
            virtual_gid_maps = static:65534
            virtual_minimum_uid = 1
            virtual_mailbox_limit = 0
            message_size_limit = 0
            mailbox_size_limit = 0
            # what is not ours goes nowhere, should a test show that it is taken
            default_transport = discard
            # as Debian installs it
            smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
            smtpd_client_connection_count_limit = 0
            smtpd_tls_security_level = {Options.Tls}
            smtpd_tls_chain_files = {pair.KeyFile}, {pair.CertFile}
            smtpd_tls_loglevel = 1
            smtpd_sasl_auth_enable = {(Options.Auth ? "yes" : "no")}
            smtpd_sasl_path = smtpd
            cyrus_sasl_config_path = {Scratch.PathTo("etc/sasl")}
            {(Options.Network is null ? "" : "smtpd_peername_lookup = no")}
            {Options.Extra}

            """;
    }

    PemPair Certificate()
    {
        if (Options.Defect != Defect.UnknownIssuer)
            return Ca.Issue(Options.Defect == Defect.WrongName ? "another.test" : Names.Server, Options.Defect == Defect.Expired);
        using var stranger = new TestCa(Scratch, "stranger");
        return stranger.Issue(Names.Server);
    }

    string MasterCf() => $"""
        {(Options.Network is null ? "127.0.0.1:" : "")}{Port} inet n - n - - smtpd
        {(Options.Implicit ? $"127.0.0.1:{ImplicitPort} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes" : "")}
        {(Options.Proxy ? $"127.0.0.1:{ProxyPort} inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=haproxy" : "")}
        pickup    unix n - n 60 1 pickup
        cleanup   unix n - n - 0 cleanup
        qmgr      unix n - n 300 1 qmgr
        tlsmgr    unix - - n 1000? 1 tlsmgr
        rewrite   unix - - n - - trivial-rewrite
        bounce    unix - - n - 0 bounce
        defer     unix - - n - 0 bounce
        trace     unix - - n - 0 bounce
        verify    unix - - n - 1 verify
        flush     unix n - n 1000? 0 flush
        proxymap  unix - - n - - proxymap
        smtp      unix - - n - - smtp
        error     unix - - n - - error
        retry     unix - - n - - error
        discard   unix - - n - - discard
        virtual   unix - n n - - virtual
        anvil     unix - - n - 1 anvil
        postlog   unix-dgram n - n - 1 postlogd

        """;
}
