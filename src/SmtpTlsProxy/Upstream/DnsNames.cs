using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// Asks DNS for A and AAAA itself, because getaddrinfo does not tell how long an answer lives. /etc/hosts comes first, as everywhere, and what only
/// the system knows (mDNS and the like) is asked of it last; neither where <c>dns.servers</c> was written.
/// </summary>
/// <param name="configured">Whom to ask; empty: those of /etc/resolv.conf.</param>
sealed class DnsNames(Func<IReadOnlyList<IPEndPoint>> configured) : INameSource
{
    static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    /// <summary>An answer that came without a life, from /etc/hosts.</summary>
    static readonly TimeSpan _systemLife = TimeSpan.FromSeconds(30);

    public async Task<NameAnswer> AskAsync(string host, CancellationToken cancel)
    {
        IReadOnlyList<IPEndPoint> servers = configured();
        try
        {
            if (servers.Count == 0 && (IsInHosts(host) || host is "localhost"))
                return await AskSystemAsync(host, cancel);
            NameAnswer answer = await AskDnsAsync(servers, host, cancel);
            return answer.Outcome is NameOutcome.NoAddress && servers.Count == 0 ? await AskSystemAsync(host, cancel) : answer;
        }
        catch (OperationCanceledException)
        {
            return NameAnswer.Failed;
        }
    }

    static async Task<NameAnswer> AskDnsAsync(IReadOnlyList<IPEndPoint> servers, string host, CancellationToken cancel)
    {
        ResolverFile system = servers.Count > 0 ? new ResolverFile(servers, [], 0) : ResolverFile.Parse(LinesOf("/etc/resolv.conf"));
        LookupClient client = new(new LookupClientOptions([.. system.Servers])
        {
            UseCache = false, ThrowDnsErrors = false, Timeout = _patience, Retries = 1, CacheFailedResults = false,
        });
        NameAnswer last = NameAnswer.NoAddress;
        foreach (string name in system.Candidates(host))
        {
            last = Joined(await Task.WhenAll(AskAsync(client, name, QueryType.A, cancel), AskAsync(client, name, QueryType.AAAA, cancel)));
            if (last.Outcome is not NameOutcome.NoAddress)
                break;                                                // a failure ends the search: the next name might be another's
        }
        return last;
    }

    static async Task<NameAnswer> AskAsync(LookupClient client, string name, QueryType type, CancellationToken cancel)
    {
        try
        {
            IDnsQueryResponse response = await client.QueryAsync(name, type, QueryClass.IN, cancel);
            if (response.HasError)
                return response.Header.ResponseCode is DnsHeaderResponseCode.NotExistentDomain ? NameAnswer.NoAddress : NameAnswer.Failed;
            IPAddress[] addresses = [.. response.Answers.OfType<AddressRecord>().Select(record => record.Address)];
            return addresses.Length == 0 ? NameAnswer.NoAddress : NameAnswer.Found(addresses, TimeSpan.FromSeconds(response.Answers.Min(record => record.InitialTimeToLive)));
        }
        catch (Exception e) when (e is DnsResponseException or SocketException or IOException)
        {   // no server answered
            return NameAnswer.Failed;
        }
    }

    // One family may fail alone: some servers know no AAAA.
    static NameAnswer Joined(NameAnswer[] answers)
    {
        NameAnswer[] found = [.. answers.Where(answer => answer.Outcome is NameOutcome.Found)];
        if (found.Length > 0)
            return NameAnswer.Found([.. found.SelectMany(answer => answer.Addresses)], found.Min(answer => answer.TimeToLive));
        return answers.Any(answer => answer.Outcome is NameOutcome.Failed) ? NameAnswer.Failed : NameAnswer.NoAddress;
    }

    static async Task<NameAnswer> AskSystemAsync(string host, CancellationToken cancel)
    {
        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(host, cancel);
            return found.Length == 0 ? NameAnswer.NoAddress : NameAnswer.Found(found, _systemLife);
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData ? NameAnswer.NoAddress : NameAnswer.Failed;
        }
    }

    static bool IsInHosts(string host) => LinesOf("/etc/hosts").Any(line =>
        line.Split('#')[0].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Skip(1).Contains(host.TrimEnd('.'), StringComparer.OrdinalIgnoreCase));

    static IEnumerable<string> LinesOf(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {   // a container may have none
            return [];
        }
    }
}
