namespace SmtpTlsProxy.Reference;

/// <summary>Compares what the client was told with what servers, strict and lenient, made of what reached them.</summary>
public static class Comparison
{
    /// <summary>Commands that no server may ever be made to execute through the proxy (rules 1.3, 2.8).</summary>
    static readonly string[] _never = ["STARTTLS", "XCLIENT", "XFORWARD", "XEXCH50", "TURN", "ATRN", "VERB", "LHLO", "BURL"];

    public static void Check(Transcript said)
    {
        ReplyStream replies = ReplyStream.Split(said.FromUpstream, said.LfReplies);
        string[] given = [.. replies.Replies.Skip(said.OwnGreeting ? 0 : 1)];
        Reading server = ReferenceServer.Strict.Read(said.ToUpstream, given);
        Reading client = ReferenceClient.Read(said.FromClient, said.ToClient, said.BareNewlines == Protocol.BareNewlines.Accept);
        try
        {
            Leftovers(server, client, said);
            Hidden(server);
            Lenient(server, given, said);
            Early(server, replies, said);
            Require(new Alignment(server.Acts, client.Acts, said).Exists(), "the server did what the client did not ask for, or the client was told otherwise");
            Told(server, client);
        }
        catch (MismatchException mismatch)
        {
            throw new MismatchException($"{mismatch.Message}\nserver:\n{Show.Acts(server.Acts)}\n  rest {Show.Octets(server.Rest)}\nclient:\n"
                + $"{Show.Acts(client.Acts)}\n  rest {Show.Octets(client.Rest)}\n  extra {string.Join(' ', client.Extra.Select(Show.Octets))}\n{said}");
        }
    }

    /// <summary>Whole commands reach the server, nothing behind a DATA or AUTH that is unanswered; and the client hears no more than its due.</summary>
    static void Leftovers(Reading server, Reading client, Transcript said)
    {
        bool isOver = server.Acts.Any(act => act.Code is 421 || (act.Verb == "QUIT" && act.IsPositive) || (act.Kind == ActKind.OpenContent && act.Reply is not null));
        Require(server.Rest.Length == 0 || isOver || (said.WasCut && !server.Rest.Contains('\n')), "octets reached the server that are no command");
        Require(client.Extra.Count <= 2, "the client heard more replies than it asked for");
        string[] heard = [.. client.Acts.Select(act => act.Reply).OfType<string>(), .. client.Extra];
        Require(!heard.SkipLast(1).Any(reply => reply.StartsWith("421", StringComparison.Ordinal)), "the client heard more behind a 421");
        foreach (string extra in client.Extra)
            Require(OwnWords.Refuses(extra) || (extra.StartsWith("421") && said.FromUpstream.Contains(extra)), $"nobody asked for {extra}");
    }

    static void Hidden(Reading server)
    {
        foreach (Act act in server.Acts.Where(act => act.Kind is ActKind.Command))
            Require(!_never.Contains(act.Verb), $"{act.Verb} reached the server");
    }

    /// <summary>Every lenient server does exactly what the strict one does (rules 5.1, 5.2, 2.9).</summary>
    static void Lenient(Reading strict, string[] given, Transcript said)
    {
        if (said.BareNewlines == Protocol.BareNewlines.Pass && strict.Acts.Any(act => act.Kind is ActKind.Content or ActKind.OpenContent))
            return;                                     // promises nothing
        string octets = said.WasCut ? said.ToUpstream[..(said.ToUpstream.LastIndexOf('\n') + 1)] : said.ToUpstream;
        strict = ReferenceServer.Strict.Read(octets, given);
        foreach (ReferenceServer server in ReferenceServer.Lenient.Where(server => server.IsPromised(said.FromClient)))
        {
            Reading lenient = server.Read(octets, given);
            Require(lenient.Acts.Select(Seen).SequenceEqual(strict.Acts.Select(Seen)), $"a server where {server.Name} reads it otherwise:\n{Show.Acts(lenient.Acts)}");
        }
    }

    static (ActKind, string, int, int) Seen(Act act) => (act.Kind, act.Text, act.Start, act.End);

    /// <summary>Rule 5.6: nothing goes up any more once a final reply came before the content had gone.</summary>
    static void Early(Reading server, ReplyStream replies, Transcript said)
    {
        foreach (Act act in server.Acts.Where(act => act.Kind is ActKind.Content or ActKind.OpenContent && act.ReplyIndex >= 0))
        {
            int index = act.ReplyIndex + (said.OwnGreeting ? 0 : 1);
            int end = replies.Replies.Take(index + 1).Sum(reply => reply.Length);
            int taken = said.Moments.First(moment => moment.Said >= end).Taken;
            bool early = taken < act.End || act.Kind == ActKind.OpenContent;
            Require(!early || said.ToUpstream.Length <= taken, "content went on behind a final reply");
        }
    }

    /// <summary>Whoever was told 2xx for a message has it delivered; whoever has it delivered was told, but where the session's end kept it.</summary>
    static void Told(Reading server, Reading client)
    {
        IEnumerable<string> delivered = server.Accepted.Select(act => act.Reply!.TrimEnd());
        string[] told = [.. client.Accepted.Select(act => act.Reply!.TrimEnd())];
        Require(delivered.Take(told.Length).Select(Lines).SequenceEqual(told.Select(Lines)), "a message was told that was not taken");
    }

    static string Lines(string reply) => reply.Replace("\r\n", "\n");

    static void Require(bool isSo, string otherwise)
    {
        if (!isSo)
            throw new MismatchException(otherwise);
    }
}
