using SmtpTlsProxy.Benchmarks.Compare;
using SmtpTlsProxy.Benchmarks.Load;

namespace SmtpTlsProxy.Benchmarks.Proxies;

/// <summary>The clients on the sink itself: by TLS where ingress is measured, in the clear where egress is. Shows what load and sink can do at most.</summary>
sealed class NoProxy(Surroundings around) : Contender(around)
{
    public const string Word = "none";

    public override string Name => Word;

    public override int Port(Route route) => route switch
    {
        { Side: Side.Egress } => Around.Sink.Plain,
        { Tls: TlsKind.Implicit } => Around.Sink.ImplicitTickets,
        _ => Around.Sink.StartTlsTickets,
    };

    public override string? CannotDo(Scenario scenario) =>
        scenario is { Side: Side.Egress } and ({ Tls: TlsKind.StartTls } or { Work: Work.Resumed }) ? "the same in the clear" : null;

    public override bool Serves(Route route) => true;

    protected override string[]? Command() => null;
}
