using Prometheus;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Telemetry;

/// <summary>Messages of one listener on their way to its upstream.</summary>
sealed class MessageMetrics
{
    static readonly string[] _client = Labels.Of<ClientSecurity>();
    static readonly string[] _upstream = Labels.Of<UpstreamSecurity>();

    readonly Children<MessageOutcome>[] _messages;
    readonly Histogram.Child _size;
    readonly Histogram.Child _duration;

    public MessageMetrics(Instruments make, string listener, string upstream)
    {
        Counter all = make.Counter("messages_total", "Messages, by the protection of either leg and by outcome.", "listener", "upstream", "client_security", "upstream_security", "outcome");
        _messages = [.. from client in _client
                        from server in _upstream
                        select new Children<MessageOutcome>(Labels.Of<MessageOutcome>(), outcome => all.WithLabels(listener, upstream, client, server, outcome))];
        _size = make.Histogram("message_size_bytes", "Content octets of messages.", Instruments.Octets, "listener").WithLabels(listener);
        _duration = make.Histogram("message_duration_seconds", "From MAIL accepted to the message's end.", Instruments.LongSeconds, "listener").WithLabels(listener);
    }

    public void Ended(ClientSecurity client, UpstreamSecurity upstream, MessageOutcome outcome, long size, TimeSpan duration)
    {
        At(client, upstream)[outcome].Inc();
        _size.Observe(size);
        _duration.Observe(duration.TotalSeconds);
    }

    /// <summary>Messages so far with a protection that <paramref name="counts"/>, whatever became of them.</summary>
    public long Count(Func<ClientSecurity, UpstreamSecurity, bool> counts) =>
        (from client in Enum.GetValues<ClientSecurity>()
         from server in Enum.GetValues<UpstreamSecurity>()
         where counts(client, server)
         from outcome in Enum.GetValues<MessageOutcome>()
         select (long)At(client, server)[outcome].Value).Sum();

    Children<MessageOutcome> At(ClientSecurity client, UpstreamSecurity upstream) => _messages[(int)client * _upstream.Length + (int)upstream];
}
