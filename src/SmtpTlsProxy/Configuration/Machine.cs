using System.Net;
using System.Net.NetworkInformation;

namespace SmtpTlsProxy.Configuration;

/// <summary>What the configuration is measured against: the machine it would run on.</summary>
sealed record Machine(TimeProvider Time)
{
    public string HostName { get; init; } = "";
    public IReadOnlyCollection<IPAddress> OwnAddresses { get; init; } = [];

    /// <summary>Connections come through a service's balancer as a rule.</summary>
    public bool IsInKubernetes { get; init; }

    public static Machine Current(TimeProvider time) => new(time)
    {
        HostName = Environment.MachineName,
        OwnAddresses = ReadOwnAddresses(),
        IsInKubernetes = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null,
    };

    static HashSet<IPAddress> ReadOwnAddresses()
    {
        try
        {
            IEnumerable<UnicastIPAddressInformation> all = NetworkInterface.GetAllNetworkInterfaces().SelectMany(one => one.GetIPProperties().UnicastAddresses);
            return [.. all.Select(one => Reach.Plain(one.Address))];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }
}
