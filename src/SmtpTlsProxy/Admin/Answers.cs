using Microsoft.AspNetCore.Http;

namespace SmtpTlsProxy.Admin;

/// <summary>The few forms of an answer.</summary>
static class Answers
{
    public static Task EmptyAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    public static Task TextAsync(HttpContext context, int status, string text) => WriteAsync(context, status, "text/plain; charset=utf-8", text);

    public static Task JsonAsync(HttpContext context, int status, string json) => WriteAsync(context, status, "application/json", json);

    public static Task HtmlAsync(HttpContext context, string page)
    {
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        return WriteAsync(context, StatusCodes.Status200OK, "text/html; charset=utf-8", page);
    }

    public static Task NotAllowedAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return EmptyAsync(context, StatusCodes.Status405MethodNotAllowed);
    }

    public static bool IsRead(HttpContext context) => HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);

    static Task WriteAsync(HttpContext context, int status, string type, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
