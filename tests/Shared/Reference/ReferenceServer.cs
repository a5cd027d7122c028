namespace SmtpTlsProxy.Reference;

/// <summary>A server that reads all that ever reached it and says what it did, given the replies it gave (its greeting left out).</summary>
public sealed class ReferenceServer(Habits habits)
{
    public static readonly ReferenceServer Strict = new(Habits.Strict);

    public static readonly ReferenceServer[] Lenient = [.. Habits.Lenient.Select(habits => new ReferenceServer(habits))];

    public string Name => habits.Name;

    /// <summary>The rules promise something of such a server, for what this client sent.</summary>
    public bool IsPromised(string client) => habits.IsPromised(client);

    public Reading Read(string octets, IReadOnlyList<string> replies) => new Reader(octets, replies, habits, habits, isServer: true).Read();
}
