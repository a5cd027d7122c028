namespace SmtpTlsProxy.Fuzz;

/// <summary>Something that takes any octets; it throws when the product or its agreement with the reference breaks.</summary>
/// <param name="Name">Its name on the command line and of its corpus.</param>
/// <param name="Run">Takes one input.</param>
/// <param name="Tokens">What mutation likes to put in.</param>
sealed record FuzzTarget(string Name, Action<byte[]> Run, string[] Tokens)
{
    public static readonly FuzzTarget[] All =
    [
        new("lines", LinesTarget.Run, ["\r\n", "\n", "\r", "NOOP"]),
        new("replies", RepliesTarget.Run, ["250-", "250 ", "\r\n", "\n", "334 ", "\0", "250\r\n", "421 bye\r\n"]),
        new("data", DataTarget.Run, ["\r\n.\r\n", "\n.\n", "\n.\r\n", "\r.\r", "\r\n.", ".\0", "\0", "\r", "\n", ".", " ", "\r\r\r\r\r\r\r\r"]),
        new("ehlo", EhloTarget.Run, ["AUTH ", "AUTH=", "EXTERNAL", "SCRAM-SHA-256-PLUS", "PLAIN", "SIZE 10", "STARTTLS", "CHUNKING", "XPROXYTO", "\n", " ", "\t", "REQUIRETLS"]),
        new("bdat", BdatTarget.Run, [" LAST", "9223372036854775807", "9223372036854775808", " ", "0", "last", "\t"]),
        new("proxy", ProxyTarget.Run, ["PROXY ", "TCP4 ", "TCP6 ", "UNKNOWN", "\r\n", "\r\n\r\n\0\r\nQUIT\n", "\x21", "\x11", "1.2.3.4 ", "::1 ", "65535", " "]),
        new("dialogue", DialogueTarget.Run, ["a\0", "A\0", "a\xff", "A\xc8", "w\x04", "w\x02", "w\x03", "w\x12", "v\x03", "v\xff", "c\x05", "t", "d", "e\0", "f\x02", "u\x08" + "250 ok\r\n", "r\0\xff"]),
    ];

    public static FuzzTarget? Find(string name) => All.FirstOrDefault(target => target.Name == name);
}
