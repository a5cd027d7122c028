namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>Exim: takes mail for everybody and keeps it as it came. All of it runs as the one user that the binary knows.</summary>
sealed class Exim : MailServer
{
    readonly string _unpacked = Unpacked.PathTo("exim/usr/sbin/exim4");
    readonly string _exim;
    Daemon? _daemon;

    Exim()
    {
        // Started anew by its unprivileged self for a report: so it must not lie in a folder of root's own.
        _exim = Scratch.PathTo("exim4");
        File.Copy(_unpacked, _exim);
    }

    public override string Log => _daemon?.Said + ReadShared(Scratch.PathTo("log/main")) + ReadShared(Scratch.PathTo("log/reject")) + ReadShared(Scratch.PathTo("log/panic"));

    public static async Task<Exim> StartAsync()
    {
        Needs.Root("Exim starts as root only");
        var exim = new Exim();
        await exim.LayOutAsync();
        // In the foreground; deliveries are processes of their own.
        exim._daemon = new Daemon(exim._exim, "-C", exim.Scratch.PathTo("exim.conf"), "-bdf");
        await Eventually.TrueAsync(() => RawSmtp.AnswersAsync(exim.Port), () => "Exim greets:\n" + exim.Log);
        return exim;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
            await _daemon.DisposeAsync();
        Forget();
    }

    async Task LayOutAsync()
    {
        PemPair pair = Ca.Issue(Names.Server);
        foreach (string folder in (string[])["spool", "log", "mail"])
        {
            Directory.CreateDirectory(Scratch.PathTo(folder));
            await Shell.MustAsync("chown", "Debian-exim:", Scratch.PathTo(folder));
        }
        await Shell.MustAsync("chown", "Debian-exim:", pair.CertFile, pair.KeyFile);
        Scratch.Write("exim.conf", Configuration(pair));
    }

    string Configuration(PemPair pair) => $$"""
        exim_path = {{_exim}}
        spool_directory = {{Scratch.PathTo("spool")}}
        log_file_path = {{Scratch.PathTo("log/%s")}}
        pid_file_path = {{Scratch.PathTo("exim.pid")}}
        exim_user = Debian-exim
        exim_group = Debian-exim
        # a delivery is a new process that, having its own configuration file, has lost root: so nothing needs root
        deliver_drop_privilege = true
        never_users =
        keep_environment =
        primary_hostname = {{Names.Server}}
        local_interfaces = <; [127.0.0.1]:{{Port}}
        host_lookup =
        rfc1413_query_timeout = 0s
        smtp_accept_max = 200
        message_size_limit = 200M
        tls_advertise_hosts = *
        tls_certificate = {{pair.CertFile}}
        tls_privatekey = {{pair.KeyFile}}
        dsn_advertise_hosts = *
        smtputf8_advertise_hosts = *
        chunking_advertise_hosts = *
        acl_smtp_mail = accept
        acl_smtp_rcpt = accept
        acl_smtp_data = accept
        begin authenticators
        plain:
          driver = plaintext
          public_name = PLAIN
          server_prompts = :
          server_condition = {{Account("$auth2", "$auth3")}}
          server_set_id = $auth2
        login:
          driver = plaintext
          public_name = LOGIN
          server_prompts = Username:: : Password::
          server_condition = {{Account("$auth1", "$auth2")}}
          server_set_id = $auth1
        begin routers
        sink:
          driver = accept
          transport = maildir
        begin transports
        maildir:
          driver = appendfile
          directory = {{Scratch.PathTo("mail/inbox")}}
          maildir_format
          create_directory
          user = Debian-exim
          group = Debian-exim
          envelope_to_add
          return_path_add
        begin retry
        *  *  F,1h,1m

        """;

    static string Account(string user, string password) => "${if and{{eq{" + user + "}{" + User + "}}{eq{" + password + "}{" + Password + "}}}}";
}
