using System.Net;
using System.Text;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Transport.Sockets;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>
/// One connection to the server, spoken as the proxy would speak, but for one thing: a certificate that is no good is looked at, not refused. On its
/// loop; one limit for all of it.
/// </summary>
sealed class Visit(Waiter waiter, ProbeOptions options, TlsContext context)
{
    readonly Deadline _deadline = waiter.Loop.In(options.Timeout);
    UpstreamTalk? _talk;
    Leg? _leg;
    long _last = waiter.Loop.Time.GetTimestamp();

    public Observation Seen { get; } = new();

    /// <summary>Connected, greeted and introduced; inside TLS where it is implicit.</summary>
    public async ValueTask<bool> ArriveAsync(IReadOnlyList<EndPoint> addresses) =>
        await DialAsync(addresses) && (options.Tls is not TlsMode.Implicit || await HandshakeAsync()) && await GreetingAsync() && await EhloAsync();

    /// <summary>Through STARTTLS, and introduced again. <paramref name="behind"/>: a command that is sent in the same segment, for a test.</summary>
    public async ValueTask<bool> SecureAsync(string behind = "") =>
        Seen.Clear is { } clear && clear.Offers("STARTTLS") && await StartTlsAsync(behind) && await HandshakeAsync();

    public async ValueTask<bool> EhloAsync()
    {
        SeenReply? answer = await AskAsync("EHLO", $"EHLO {Name}");
        if (answer is { Code: 500 or 501 or 502 or 504 })
        {
            Seen.HeloOnly = true;
            answer = await AskAsync("HELO", $"HELO {Name}");
        }
        if (Seen.IsEncrypted)
            Seen.Encrypted = answer;
        else
            Seen.Clear = answer;
        return answer is { Code: 250 };
    }

    /// <summary>Says a command and shows the reply; null when there is none, which then stands in <see cref="Seen"/>.</summary>
    public ValueTask<SeenReply?> AskAsync(string step, string command) => AskRawAsync(step, command + "\r\n");

    /// <summary>Says octets as they are, in one segment.</summary>
    public async ValueTask<SeenReply?> AskRawAsync(string step, string octets)
    {
        _leg!.Write(Encoding.ASCII.GetBytes(octets));
        _leg.Flush();
        return await ReplyAsync(step);
    }

    public ValueTask<SeenReply?> ReplyAsync(string step) => ReplyAsync(step, _talk!);

    /// <summary>Says octets and waits so long for a reply that should not come; null when none came.</summary>
    public ValueTask<SeenReply?> SayAndWaitAsync(string step, string octets, TimeSpan wait)
    {
        _leg!.Write(Encoding.ASCII.GetBytes(octets));
        _leg.Flush();
        return ReplyAsync(step, new UpstreamTalk(_leg, null, Deadline.Earlier(_deadline, waiter.Loop.In(wait)), lfReplies: false));
    }

    /// <summary>QUIT, and the connection in order.</summary>
    public async ValueTask LeaveAsync()
    {
        if (_leg is { IsClosed: false, InputEnded: false } && Seen.Failure is TalkFailure.None && Seen.Handshake is null or { Succeeded: true })
            await AskAsync("QUIT", "QUIT");
        if (_leg is not null)
            await _leg.CloseAsync(TimeSpan.Zero);
    }

    /// <summary>Ends at once, by RST: nothing that was begun is completed.</summary>
    public void Abort() => _leg?.Abort();

    async ValueTask<bool> DialAsync(IReadOnlyList<EndPoint> addresses)
    {
        SocketDialler dialler = new();
        for (int tried = 0; tried < addresses.Count; tried++)
        {   // the last address may use all of the time; one before it that swallows packets leaves the others their share
            Deadline share = Deadline.Earlier(_deadline, waiter.Loop.In(options.Timeout / (addresses.Count - tried)));
            DialResult result = await dialler.DialAsync(addresses[tried], waiter, share, null);
            Seen.Address = addresses[tried];
            Step("connect", result.Leg is null ? $"{addresses[tried]}: {result.Detail}" : $"{addresses[tried]}");
            Seen.NotDialled = result.Leg is null ? result : null;
            if (result.Leg is not { } leg)
                continue;
            _leg = leg;
            _talk = new UpstreamTalk(leg, null, _deadline, lfReplies: false);
            return true;
        }
        return false;
    }

    async ValueTask<bool> GreetingAsync()
    {
        Seen.Greeting = await ReplyAsync("greeting", _talk!);
        return Seen.Greeting is { Code: 220 };
    }

    async ValueTask<bool> StartTlsAsync(string behind)
    {
        if (!_leg!.InputIsEmpty())
        {
            Seen.OctetsBehindEhlo = true;
            return false;
        }
        Seen.StartTls = await AskRawAsync("STARTTLS", "STARTTLS\r\n" + behind);
        if (Seen.StartTls is not { Code: 220 })
            return false;
        Seen.OctetsBehindStartTls = !_leg.InputIsEmpty();
        return !Seen.OctetsBehindStartTls;
    }

    async ValueTask<bool> HandshakeAsync()
    {
        TimeSpan left = waiter.Loop.Time.GetElapsedTime(waiter.Loop.Now, _deadline.Timestamp);
        Seen.Handshake = await _leg!.UpgradeAsync(context, Target(), left);
        Step("handshake", Seen.Handshake.Succeeded ? $"{Seen.Handshake.Version} {Seen.Handshake.Cipher}" : $"{Seen.Handshake.Outcome}: {Seen.Handshake.Detail}");
        return Seen.Handshake.Succeeded;
    }

    TlsTarget Target()
    {
        string? name = Verification.ExpectedName(options.Verify, options.Server);
        return new TlsTarget
        {
            ServerName = name,
            VerifyName = name,
            VerifyAddress = name is null ? (_leg!.Remote as IPEndPoint)?.Address : null,
            Destination = options.Server.Id,
        };
    }

    async ValueTask<SeenReply?> ReplyAsync(string step, UpstreamTalk talk)
    {
        TalkResult reply = await talk.ReplyAsync(consume: true);
        if (reply.Failure is TalkFailure.None)
        {
            SeenReply seen = SeenReply.Of(reply);
            Step(step, seen.ToString());
            return seen;
        }
        (Seen.Failure, Seen.FailedAt) = (reply.Failure, step);
        if (reply.Failure is TalkFailure.NotSmtp)
            Seen.Nonsense = Nonsense();
        Step(step, Words.Of(reply.Failure));
        return null;
    }

    string Nonsense() => _leg!.TryRead(out ReadOnlySpan<byte> rest) is ReadStatus.Data ? Printable.Of(rest[..Math.Min(rest.Length, 80)]) : "";

    string Name => options.Helo ?? AddressLiteral.Of(_leg!.Local);

    void Step(string name, string result)
    {
        long now = waiter.Loop.Time.GetTimestamp();
        Seen.Add(new ProbeStep(name, waiter.Loop.Time.GetElapsedTime(_last, now), Printable.Of(result)));
        _last = now;
    }
}
