using System.Net;

namespace SmtpTlsProxy.Upstream;

/// <summary>resolv.conf(5), as far as names of destinations need it: whom to ask, and what may stand behind a short name.</summary>
sealed record ResolverFile(IReadOnlyList<IPEndPoint> Servers, IReadOnlyList<string> Search, int Dots)
{
    const int DnsPort = 53;

    /// <summary>What the file says; the defaults of the manual where it says nothing or is not there.</summary>
    public static ResolverFile Parse(IEnumerable<string> lines)
    {
        List<IPEndPoint> servers = [];
        string[] search = [];
        int dots = 1;
        foreach (string[] words in lines.Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)))
        {
            if (words is ["nameserver", var server, ..] && IPAddress.TryParse(server, out IPAddress? address))
                servers.Add(new IPEndPoint(address, DnsPort));
            else if (words is ["search" or "domain", .. var domains])
                search = [.. domains.Select(domain => domain.Trim('.')).Where(domain => domain.Length > 0)];
            else if (words is ["options", .. var options])
                dots = options.Select(DotsOf).LastOrDefault(found => found >= 0, dots);
        }
        return new(servers.Count > 0 ? servers : [new IPEndPoint(IPAddress.Loopback, DnsPort)], search, dots);
    }

    /// <summary>The full names that a name may stand for, in the order in which they are asked for.</summary>
    public IEnumerable<string> Candidates(string host)
    {
        if (host.EndsWith('.'))
            return [host];
        IEnumerable<string> searched = Search.Select(domain => $"{host}.{domain}.");
        return host.Count(c => c == '.') >= Dots ? searched.Prepend(host + ".") : searched.Append(host + ".");
    }

    static int DotsOf(string option) => option.StartsWith("ndots:", StringComparison.Ordinal) && int.TryParse(option["ndots:".Length..], out int dots) ? dots : -1;
}
