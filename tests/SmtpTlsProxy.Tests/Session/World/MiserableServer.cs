using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>Where in a session a server becomes miserable: what it owes there was not said yet.</summary>
public enum Moment { Greeting, OwnEhlo, StartTls, Handshake, Ehlo, Mail, Rcpt, Data, Content, Dot, Quit }

/// <summary>What a server may do instead of its answer.</summary>
public enum Misery { Silence, Trickle, End, Reset, Says421, Refuses, NoCode, HasNul, TwoCodes, EndlessLine, EndlessReply, NotAskedFor }

/// <summary>Plays a server in order up to one moment, and then as it likes.</summary>
sealed class MiserableServer(MemoryWorld world, TlsMode mode, TlsContext context)
{
    public const string Greeting = "220 up.test ESMTP\r\n";
    public const string Going = "421 4.3.2 up.test is going down\r\n";
    public const string Refusal = "554 5.7.1 up.test wants none of it\r\n";
    const string OffersStartTls = "250-up.test\r\n250 STARTTLS\r\n";
    const string Ready = "220 2.0.0 ready\r\n";
    const string Unasked = "250 2.0.0 nobody asked\r\n";

    static readonly (Moment Moment, string Command, string Answer)[] s_dialogue =
    [
        (Moment.Ehlo, "EHLO c.test\r\n", "250-up.test\r\n250 HELP\r\n"),
        (Moment.Mail, "MAIL FROM:<a@c.test>\r\n", "250 2.1.0 ok\r\n"),
        (Moment.Rcpt, "RCPT TO:<b@up.test>\r\n", "250 2.1.5 ok\r\n"),
        (Moment.Data, "DATA\r\n", "354 go on\r\n"),
        (Moment.Content, "Subject: half\r\n", ""),
        (Moment.Dot, "\r\nwhole\r\n.\r\n", "250 2.0.0 queued\r\n"),
        (Moment.Quit, "QUIT\r\n", "221 2.0.0 bye\r\n"),
    ];

    static readonly (Moment Moment, string Answer)[] s_opening = [(Moment.Greeting, Greeting), (Moment.OwnEhlo, OffersStartTls), (Moment.StartTls, Ready)];

    static readonly byte[] s_record = [0x16, 3, 3, 0x40, 2];             // a handshake record of 16 KiB, and it begins with a ServerHello

    int _trickled;

    bool IsStartTls => mode is TlsMode.Opportunistic or TlsMode.Required;

    /// <summary>Whether a session under this mode comes by there.</summary>
    public static bool Has(TlsMode mode, Moment moment) => moment switch
    {
        Moment.OwnEhlo or Moment.StartTls => mode is TlsMode.Opportunistic or TlsMode.Required,
        Moment.Handshake => mode is not TlsMode.None,
        _ => true,
    };

    /// <summary>Everything in order up to here; what the client heard on the way is gone.</summary>
    public void PlayTo(Moment moment)
    {
        bool deaf = moment is Moment.Handshake;
        if (mode is TlsMode.Implicit)
            world.OnDial = p => { if (deaf) p.IsDeaf = true; else p.Shake(context, null); };
        world.Connect();
        foreach ((Moment at, string answer) in IsStartTls ? s_opening : [(Moment.Greeting, Greeting)])
        {
            if (at >= moment || (deaf && !IsStartTls))
                return;
            world.Server.Hear();
            world.Server.IsDeaf = deaf && at is Moment.StartTls;          // a ClientHello is no line
            world.Server.Say(answer);
            if (at is Moment.StartTls && !deaf)
                world.Server.Shake(context, null);
            world.Run();
        }
        Talk(moment);
        world.Client.Hear();
    }

    /// <summary>What is owed at this moment.</summary>
    public static string OwedAt(TlsMode mode, Moment moment) => moment switch
    {
        Moment.Greeting => Greeting,
        Moment.OwnEhlo => OffersStartTls,
        Moment.StartTls => Ready,
        _ => s_dialogue.First(d => d.Moment == moment).Answer,
    };

    /// <summary>The misery begins. Silence and trickle do so in <see cref="Pass"/>.</summary>
    public void Suffer(Misery misery, Moment moment)
    {
        switch (misery)
        {
            case Misery.Silence or Misery.Trickle:
                break;
            case Misery.End:
                world.Server.End();
                break;
            case Misery.Reset:
                world.Server.Reset();
                break;
            default:
                world.Server.Say(Words(misery, moment));
                break;
        }
        world.Run();
    }

    string Words(Misery misery, Moment moment) => misery switch
    {
        Misery.Says421 => Going,
        Misery.Refuses => Refusal,
        Misery.NoCode => "SSH-2.0-OpenSSH_9.2\r\n",
        Misery.HasNul => "250 a\0b\r\n",
        Misery.TwoCodes => "250-one\r\n220 two\r\n",
        Misery.EndlessLine => "250 " + new string('x', 100_000),
        Misery.EndlessReply => string.Concat(Enumerable.Repeat("250-and so on and so on and so on\r\n", 3000)),
        Misery.NotAskedFor => OwedAt(mode, moment) + Unasked,
        _ => throw new ArgumentOutOfRangeException(nameof(misery)),
    };

    /// <summary>Time passes; one that trickles says an octet a second of a reply, or a record, that never ends.</summary>
    public void Pass(TimeSpan span, Misery misery, Moment moment)
    {
        if (misery is not Misery.Trickle)
        {
            world.After(span);
            return;
        }
        for (int second = 0; second < span.TotalSeconds; second++)
        {
            world.Server.Say([moment is Moment.Handshake ? s_record[Math.Min(_trickled, 4)] : _trickled < 4 ? (byte)"250 "[_trickled] : (byte)'x']);
            _trickled++;
            world.After(TimeSpan.FromSeconds(1));
        }
    }

    void Talk(Moment moment)
    {
        foreach ((Moment at, string command, string answer) in s_dialogue)
        {
            if (at > moment)
                return;
            world.Server.Hear();
            world.Ask(command);
            if (at < moment)
                world.Answer(answer);
        }
    }
}
