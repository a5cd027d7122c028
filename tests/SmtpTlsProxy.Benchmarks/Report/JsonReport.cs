using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>Everything that was measured, round by round.</summary>
static class JsonReport
{
    static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // A proxy that has no CPU to measure has no ratio either.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static string Of(object raw) => JsonSerializer.Serialize(raw, s_options);
}
