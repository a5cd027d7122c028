using Microsoft.AspNetCore.Http;
using SmtpTlsProxy.Telemetry;

namespace SmtpTlsProxy.Admin;

/// <summary>What kubelet and Prometheus may reach: it only answers, and changes nothing.</summary>
sealed class MetricsPort(Metrics metrics, Health health)
{
    public Task HandleAsync(HttpContext context)
    {
        if (!Answers.IsRead(context))
            return Answers.NotAllowedAsync(context, "GET, HEAD");
        return context.Request.Path.Value switch
        {
            "/metrics" => MetricsAsync(context),
            "/livez" => LiveAsync(context),
            "/readyz" => ReadyAsync(context),
            _ => Answers.EmptyAsync(context, StatusCodes.Status404NotFound),
        };
    }

    Task MetricsAsync(HttpContext context)
    {
        context.Response.ContentType = Metrics.ContentType;
        return metrics.ExportAsync(context.Response.Body, context.RequestAborted);
    }

    Task LiveAsync(HttpContext context) => health.WhyNotAlive() is { } why
        ? Answers.TextAsync(context, StatusCodes.Status503ServiceUnavailable, why + "\n")
        : Answers.TextAsync(context, StatusCodes.Status200OK, "ok\n");

    Task ReadyAsync(HttpContext context)
    {
        IReadOnlyList<Condition> conditions = health.Conditions;
        bool ready = conditions.All(condition => condition.Holds);
        string text = context.Request.Query.ContainsKey("verbose") ? health.Describe(conditions) : "";
        return Answers.TextAsync(context, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, text + (ready ? "ready\n" : "not ready\n"));
    }
}
