using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SmtpTlsProxy.Lifetime;

namespace SmtpTlsProxy.Admin;

/// <summary>For people and the command line, never beyond the pod or host by default: the page, the same as JSON, and drain.</summary>
sealed class StatusPort(StatusSource source, Health health, Drain drain, Func<TimeSpan> drainTimeout)
{
    public Task HandleAsync(HttpContext context)
    {
        if (Browsers.MayBeForeign(context))
            return Answers.EmptyAsync(context, StatusCodes.Status403Forbidden);
        return context.Request.Path.Value switch
        {
            "/drain" => HttpMethods.IsPost(context.Request.Method) ? DrainAsync(context) : Answers.NotAllowedAsync(context, "POST"),
            "/" or "/status" or "/healthcheck" when !Answers.IsRead(context) => Answers.NotAllowedAsync(context, "GET, HEAD"),
            "/" => Answers.HtmlAsync(context, StatusPage.Render(source.Read())),
            "/status" => Answers.JsonAsync(context, StatusCodes.Status200OK, JsonSerializer.Serialize(source.Read(), StatusJson.Default.StatusReport)),
            "/healthcheck" => HealthcheckAsync(context),
            _ => Answers.EmptyAsync(context, StatusCodes.Status404NotFound),
        };
    }

    async Task DrainAsync(HttpContext context)
    {
        Task<DrainOutcome> drained = drain.DrainAsync(drainTimeout());
        if (context.Request.Query.ContainsKey("wait"))
            await drained.WaitAsync(context.RequestAborted);
        DrainReport report = new(drained.IsCompletedSuccessfully ? "drained" : "draining", drain.Sessions, drained.IsCompletedSuccessfully ? drained.Result.Aborted : 0);
        await Answers.JsonAsync(context, drained.IsCompleted ? StatusCodes.Status200OK : StatusCodes.Status202Accepted, JsonSerializer.Serialize(report, StatusJson.Default.DrainReport));
    }

    Task HealthcheckAsync(HttpContext context)
    {
        string text = health.Describe([new("alive", health.WhyNotAlive()), .. health.Conditions]);
        return Answers.TextAsync(context, health.IsWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, text);
    }
}
