using System.Net;
using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace SmtpTlsProxy.EndToEnd.Clients;

sealed class MailKitClient : MailClient
{
    public override string Name => "MailKit";

    public override async Task<Ran> SendAsync(Sending sending)
    {
        using var client = new SmtpClient { CheckCertificateRevocation = false, LocalDomain = "client.test", Timeout = 60_000 };
        client.ServerCertificateValidationCallback = (_, certificate, _, _) => IsIssuedBy(sending.CaFile!, (X509Certificate2)certificate!);
        try
        {
            if (sending.Dial is { } dial)
                await client.ConnectAsync(await dial(), "localhost", sending.Port, Option(sending.Security));
            else
                await client.ConnectAsync("localhost", sending.Port, Option(sending.Security));
            if (sending.Account is { } account)
                await client.AuthenticateAsync(Mechanism(sending.Mechanism, new NetworkCredential(account.User, account.Password)));
            using MimeMessage message = await MimeMessage.LoadAsync(new MemoryStream(sending.Content));
            string reply = await client.SendAsync(message, new MailboxAddress("", sending.From), [new MailboxAddress("", sending.To)]);
            await client.DisconnectAsync(quit: true);
            return new Ran(0, reply, "");
        }
        catch (Exception refused) when (refused is SmtpCommandException or SmtpProtocolException or AuthenticationException or SslHandshakeException or IOException)
        {
            return new Ran(1, "", refused.ToString());
        }
    }

    static SecureSocketOptions Option(Security security) => security switch
    {
        Security.StartTls => SecureSocketOptions.StartTls,
        Security.Implicit => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.None,
    };

    static SaslMechanism Mechanism(string name, NetworkCredential account) => name switch
    {
        "LOGIN" => new SaslMechanismLogin(account),
        "SCRAM-SHA-1" => new SaslMechanismScramSha1(account),
        "SCRAM-SHA-256" => new SaslMechanismScramSha256(account),
        _ => new SaslMechanismPlain(account),
    };

    static bool IsIssuedBy(string caFile, X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(caFile));
        return chain.Build(certificate) && certificate.MatchesHostname("localhost");
    }
}
