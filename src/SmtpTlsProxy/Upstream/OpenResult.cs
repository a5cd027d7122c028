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

    public static OpenResult Ready(UpstreamConnection connection) => new() { Connection = connection };

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
