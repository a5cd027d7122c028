using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace SmtpTlsProxy.Admin;

/// <summary>
/// Which of the two ports a connection came in on, marked where it is bound: not told by addresses, so that no wildcard or shared port can confuse
/// what Prometheus may reach with what may drain the process.
/// </summary>
sealed class AdminRole
{
    public static readonly AdminRole Metrics = new();
    public static readonly AdminRole Status = new();

    AdminRole() { }

    public void Mark(ListenOptions endpoint)
    {
        endpoint.Protocols = HttpProtocols.Http1;
        endpoint.Use(next => connection =>
        {
            connection.Features.Set(this);
            return next(connection);
        });
    }
}
