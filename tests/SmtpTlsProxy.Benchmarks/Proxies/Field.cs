using SmtpTlsProxy.Benchmarks.Compare;
using SmtpTlsProxy.Benchmarks.Load;

namespace SmtpTlsProxy.Benchmarks.Proxies;

/// <summary>Everybody that takes part, in the order of the table.</summary>
static class Field
{
    /// <summary>What can be asked for.</summary>
    public static IReadOnlyList<string> Names { get; } = [NoProxy.Word, Stunnel.Word, Nginx.Word, HaProxy.Word, Ours.Word];

    /// <summary>What is missing for one of them, and how to get it; null if nothing.</summary>
    public static string? Missing(string name) => name switch
    {
        _ when !Names.Contains(name) => $"there is no proxy {name} here: {string.Join(", ", Names)}",
        HaProxy.Word or Nginx.Word or Stunnel.Word when Tools.PathOf(name) is null => $"{name} is not installed: tests/install --benchmarks brings it (Debian: {Package(name)})",
        Nginx.Word when Nginx.Module is null => $"nginx has no mail module: tests/install --benchmarks brings it (Debian: {Package(name)})",
        _ => null,
    };

    public static Contender Make(string name, Surroundings around, string binary) => name switch
    {
        NoProxy.Word => new NoProxy(around),
        Stunnel.Word => new Stunnel(around),
        Nginx.Word => new Nginx(around),
        HaProxy.Word => new HaProxy(around),
        Ours.Word => new Ours(around, binary),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    /// <summary>Whether a program of this name has the route; no proxy at all is not one.</summary>
    public static bool Serves(string name, Route route) => name switch
    {
        HaProxy.Word => route.Tls is TlsKind.Implicit,
        Nginx.Word => route.Side is Side.Ingress,
        Stunnel.Word or Ours.Word => true,
        _ => false,
    };

    static string Package(string name) => name switch
    {
        Nginx.Word => "nginx libnginx-mod-mail",
        Stunnel.Word => "stunnel4",
        _ => name,
    };
}
