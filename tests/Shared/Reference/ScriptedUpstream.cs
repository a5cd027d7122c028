namespace SmtpTlsProxy.Reference;

/// <summary>What the upstream answers, mostly sensibly. Every reply is another one, so that none can be taken for another's.</summary>
static class ScriptedUpstream
{
    static readonly string[] _capabilities =
    [
        "PIPELINING", "CHUNKING", "AUTH PLAIN LOGIN EXTERNAL SCRAM-SHA-256-PLUS", "SIZE 1000000", "STARTTLS", "XCLIENT ADDR", "8BITMIME",
    ];

    /// <param name="what">What is to be answered, as <see cref="Talk.Unanswered"/> says.</param>
    /// <param name="choice">0 to 255: the higher, the stranger.</param>
    /// <param name="number">Of this answer.</param>
    public static string Answer(string what, int choice, int number) => what switch
    {
        "GREETING" when choice < 240 => $"220 mx.test ESMTP {number}\r\n",
        "EHLO" when choice < 224 => Hello(choice, number),
        "DATA" when choice < 192 => $"354 go on {number}\r\n",
        "QUIT" when choice < 240 => $"221 2.0.0 bye {number}\r\n",
        "AUTH" or "RESPONSE" when choice < 128 => $"334 {number}\r\n",
        "AUTH" or "RESPONSE" when choice < 192 => $"235 2.7.0 {number}\r\n",
        "BDAT" when choice < 224 => $"250 2.0.0 chunk {number}\r\n",
        _ => Plain(choice, number),
    };

    static string Hello(int choice, int number)
    {
        string[] lines = [$"mx.test hello {number}", .. _capabilities.Where((_, at) => ((choice >> at) & 1) == (at == 0 ? 0 : 1))];
        return string.Concat(lines.Select((line, at) => $"250{(at < lines.Length - 1 ? '-' : ' ')}{line}\r\n"));
    }

    static string Plain(int choice, int number) => choice switch
    {
        < 160 => $"250 2.0.0 ok {number}\r\n",
        < 176 => $"250-2.0.0 ok\r\n250-more\r\n250 {number}\r\n",
        < 208 => $"550 5.7.1 no {number}\r\n",
        < 232 => $"451 4.7.1 later {number}\r\n",
        < 240 => $"502 5.5.1 what {number}\r\n",
        < 246 => $"421 4.3.0 away {number}\r\n",
        < 250 => $"354 what {number}\r\n",
        _ => $"334 {number}\r\n",
    };
}
