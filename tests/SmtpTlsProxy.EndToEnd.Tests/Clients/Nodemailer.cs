namespace SmtpTlsProxy.EndToEnd.Clients;

/// <summary>nodemailer, as Node.js applications use it.</summary>
sealed class Nodemailer : MailClient
{
    const string Script = """
        const [folder, port, security, from, to, file, ca, user, pass] = process.argv.slice(1);
        const fs = require('fs'), nodemailer = require(folder);
        const transport = nodemailer.createTransport({
          host: 'localhost', port: Number(port), name: 'client.test',
          secure: security === 'Implicit', requireTLS: security === 'StartTls', ignoreTLS: security === 'Clear',
          tls: ca ? { ca: fs.readFileSync(ca) } : {},
          auth: user ? { user, pass } : undefined, authMethod: 'PLAIN',
        });
        transport.sendMail({ envelope: { from, to: [to] }, raw: fs.readFileSync(file) })
          .then(sent => console.log(sent.response), error => { console.error(error); process.exitCode = 1; });
        """;

    public override string Name => "nodemailer";

    public override async Task<Ran> SendAsync(Sending sending)
    {
        using var scratch = new Scratch();
        string node = Needs.Tool("node");
        return await Shell.RunAsync(node,
        [
            "-e", Script, Unpacked.PathTo("npm/node_modules/nodemailer"), $"{sending.Port}", $"{sending.Security}", sending.From, sending.To,
            scratch.Write("content", sending.Content), sending.CaFile ?? "", sending.Account?.User ?? "", sending.Account?.Password ?? "",
        ]);
    }
}
