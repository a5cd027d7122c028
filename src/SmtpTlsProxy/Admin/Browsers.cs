using System.Net;
using Microsoft.AspNetCore.Http;

namespace SmtpTlsProxy.Admin;

/// <summary>
/// The status port trusts whoever can reach it, and every web page in a browser on this machine can: by a form aimed at 127.0.0.1, or by a name of
/// its own that it makes point there. Neither may drain the process or read what it does.
/// </summary>
static class Browsers
{
    /// <summary>True for a request that a foreign page may have made.</summary>
    public static bool MayBeForeign(HttpContext context) => HasForeignName(context) || HasForeignOrigin(context.Request);

    // A page that rebinds its name to loopback still sends that name as Host.
    static bool HasForeignName(HttpContext context) =>
        context.Connection.LocalIpAddress is { } local && IPAddress.IsLoopback(local) && !IsOwn(context.Request.Host.Host);

    static bool HasForeignOrigin(HttpRequest request) =>
        request.Headers.Origin is [{ } origin, ..] && origin != $"http://{request.Host.Value}";

    static bool IsOwn(string host) => host is "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out _);
}
