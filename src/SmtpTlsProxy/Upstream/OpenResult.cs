using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Upstream;

/// <summary>An upstream connection ready for the client's first command, or how the session ends without one.</summary>
readonly record struct OpenResult
{
    public UpstreamConnection? Connection { get; private init; }

    /// <summary>Meaningful without a connection.</summary>
    public SessionEnd End { get; private init; }

    /// <summary>Another destination may still do: nothing was relayed yet.</summary>
    public bool MayTryAnother { get; private init; }

    /// <summary>A connection to hand on. One that was greeted with 4xx: unless another server greets better, that is the client's to hear.</summary>
    public static OpenResult Ready(UpstreamConnection connection, bool mayTryAnother = false) => new() { Connection = connection, MayTryAnother = mayTryAnother };

    /// <summary>The same where no other server is left.</summary>
    public OpenResult AsFinal() => this with { MayTryAnother = false };

    /// <summary>The same once its connection was given up: what the client hears if the others turn out to be no better.</summary>
    public OpenResult WithoutConnection() => Connection is null ? this : Unavailable(OwnReplies.UpstreamRefused);

    /// <summary>This destination cannot be had; the client's word for it is <paramref name="reply"/> unless another one can.</summary>
    public static OpenResult Unavailable(OwnReply reply, EndReason reason = EndReason.NoUpstream) => new()
    {
        End = new SessionEnd { Reason = reason, LastReply = reply, Upstream = UpstreamParting.Close },
        MayTryAnother = true,
    };

    /// <summary>No destination will do: policy, a cap, drain.</summary>
    public static OpenResult Refused(OwnReply reply, EndReason reason) => new()
    {
        End = new SessionEnd { Reason = reason, LastReply = reply, Upstream = UpstreamParting.Close },
    };

    /// <summary>The client left while we dialled.</summary>
    public static OpenResult ClientGone(EndReason reason) => new()
    {
        End = new SessionEnd { Reason = reason, ClientIsGone = true, Upstream = UpstreamParting.Close },
    };
}
