using System.Text;

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

    public bool IsPositive => Failure is TalkFailure.None && Code is >= 200 and < 300;

    public static TalkResult Failed(TalkFailure failure) => new(failure, 0, []);

    /// <summary>The parameters of an EHLO keyword: null if it is not offered, empty if it has none.</summary>
    public string? Keyword(string keyword)
    {
        foreach (string line in Encoding.Latin1.GetString(Octets).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            string text = line.Length > 4 ? line[4..] : "";
            if (text.StartsWith(keyword, StringComparison.OrdinalIgnoreCase) && (text.Length == keyword.Length || text[keyword.Length] == ' '))
                return text[keyword.Length..].Trim();
        }
        return null;
    }
}
