using System.Text;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>
/// OpenSMTPD: takes mail for everybody and keeps it as it came. Its spool, chroot, helpers and control socket have compiled-in places, so it sees
/// ours in a mount namespace of its own.
/// </summary>
sealed class OpenSmtpd : MailServer
{
    readonly string _root = Unpacked.PathTo("opensmtpd");
    Daemon? _daemon;

    public override string Log => _daemon?.Said ?? "";

    public static async Task<OpenSmtpd> StartAsync()
    {
        Needs.Root("OpenSMTPD starts as root only");
        var server = new OpenSmtpd();
        await server.LayOutAsync();
        server._daemon = new Daemon(Needs.Tool("unshare"), "--mount", "bash", server.Scratch.PathTo("launch"));
        await Eventually.TrueAsync(() => RawSmtp.AnswersAsync(server.Port), () => "OpenSMTPD greets:\n" + server.Log);
        return server;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
            await _daemon.DisposeAsync();
        Forget();
    }

    async Task LayOutAsync()
    {
        foreach (string folder in (string[])["spool", "mail"])
            Directory.CreateDirectory(Scratch.PathTo(folder));
        File.SetUnixFileMode(Scratch.PathTo("spool"), (UnixFileMode)Convert.ToInt32("711", 8));
        await Shell.MustAsync("chown", "nobody", Scratch.PathTo("mail"));
        PemPair pair = Ca.Issue(Names.Server);
        File.SetUnixFileMode(pair.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Ran hash = await Shell.RunAsync(Needs.Tool("openssl"), ["passwd", "-6", "-stdin"], Encoding.ASCII.GetBytes(Password + "\n"));
        Scratch.Write("smtpd.conf", Configuration(pair, hash.MustSucceed("openssl passwd").Output.Trim()));
        Scratch.Write("launch", Launch());
    }

    string Configuration(PemPair pair, string hash) => $$"""
        pki mail cert "{{pair.CertFile}}"
        pki mail key "{{pair.KeyFile}}"
        table accounts { "{{User}}" = "{{hash}}" }
        table everybody { "@" = nobody }
        smtp max-message-size 200M
        listen on 127.0.0.1 port {{Port}} tls pki mail hostname {{Names.Server}} auth-optional <accounts>
        action "keep" maildir "{{Scratch.PathTo("mail/inbox")}}" virtual <everybody> user nobody
        match from any for any action "keep"

        """;

    string Launch() => $"""
        set -e
        mount --make-rprivate /
        mount -t tmpfs -o mode=755 tmpfs /var/spool
        mkdir /var/spool/smtpd
        mount --bind "{Scratch.PathTo("spool")}" /var/spool/smtpd
        mount -t tmpfs -o mode=755 tmpfs /var/lib
        mkdir -p /var/lib/opensmtpd/empty
        mount -t tmpfs -o mode=755 tmpfs /run
        mount -t tmpfs -o mode=755 tmpfs /usr/libexec
        mkdir /usr/libexec/opensmtpd
        mount --bind "{_root}/usr/libexec/opensmtpd" /usr/libexec/opensmtpd
        exec "{_root}/usr/sbin/smtpd" -d -f "{Scratch.PathTo("smtpd.conf")}"

        """;
}
