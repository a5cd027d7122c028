namespace SmtpTlsProxy.Reference;

/// <summary>A client that says, of each command and message it sent, what it was told. Its bare LFs are read as the listener's word says.</summary>
public static class ReferenceClient
{
    /// <param name="octets">All that it sent.</param>
    /// <param name="heard">All that it heard, its greeting included.</param>
    /// <param name="lfEndsData"><c>accept</c>: its LF "." LF ends data.</param>
    public static Reading Read(string octets, string heard, bool lfEndsData)
    {
        ReplyStream replies = ReplyStream.Split(heard, lfEnds: false);
        if (!replies.IsClean)
            throw new MismatchException($"The client heard what is no reply: {Show.Octets(replies.Rest)}");
        return new Reader(octets, [.. replies.Replies.Skip(1)], Habits.Lf, lfEndsData ? Habits.Lf : Habits.Strict, isServer: false).Read();
    }
}
