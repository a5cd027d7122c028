using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Lifetime;
using SmtpTlsProxy.Telemetry;

namespace SmtpTlsProxy.Admin;

/// <summary>The process's own ports: one for kubelet and Prometheus, one for people and the command line.</summary>
sealed class AdminEndpoints(MetricsPort metrics, StatusPort status)
{
    /// <summary>Binds what is not disabled.</summary>
    public static void Bind(KestrelServerOptions kestrel, IPEndPoint? metrics, IPEndPoint? status)
    {
        if (metrics is not null)
            kestrel.Listen(metrics, AdminRole.Metrics.Mark);
        if (status is not null)
            kestrel.Listen(status, AdminRole.Status.Mark);
    }

    /// <summary>Answers on the ports that <see cref="Bind"/> bound; the last of the application's pipeline.</summary>
    public static void Map(IApplicationBuilder app, Func<ProxyConfiguration> configuration, Metrics metrics, Health health, Drain drain,
        Func<IReadOnlyList<CertificateStatus>> certificates, Func<string, string, string> standing, TimeProvider time)
    {
        StatusSource source = new(configuration, metrics, certificates, health, standing, drain, time);
        AdminEndpoints endpoints = new(new MetricsPort(metrics, health), new StatusPort(source, health, drain, () => configuration().DrainTimeout));
        app.Run(endpoints.HandleAsync);
    }

    Task HandleAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        AdminRole? role = context.Features.Get<AdminRole>();
        if (role == AdminRole.Metrics)
            return metrics.HandleAsync(context);
        return role == AdminRole.Status ? status.HandleAsync(context) : Answers.EmptyAsync(context, StatusCodes.Status404NotFound);
    }
}
