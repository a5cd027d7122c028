using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Upstream;

/// <summary>Why no reply was had.</summary>
enum TalkFailure : byte
{
    None,

    /// <summary>The upstream ended or reset.</summary>
    Lost,

    /// <summary>The time for making the upstream ready has passed.</summary>
    Timeout,

    /// <summary>What came is not an SMTP reply (rule 2.10).</summary>
    NotSmtp,

    /// <summary>The client left meanwhile.</summary>
    ClientGone,

    /// <summary>The process drains.</summary>
    Draining,
}

/// <summary>One reply to one of our own few commands, or why there is none.</summary>
readonly record struct TalkResult(TalkFailure Failure, int Code, byte[] Octets)
{
    public bool Is(int code) => Failure is TalkFailure.None && Code == code;

    public static TalkResult Failed(TalkFailure failure) => new(failure, 0, []);

    /// <summary>An EHLO answer that offers <paramref name="keyword"/>; what stands behind it are its parameters.</summary>
    public bool Offers(ReadOnlySpan<byte> keyword, out ReadOnlySpan<byte> parameters) => EhloLines.TryFind(Octets, keyword, out parameters);
}
