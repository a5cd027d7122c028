using System.Text.Encodings.Web;
using System.Text.Json;
using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>Everything that was measured, round by round.</summary>
static class JsonReport
{
    static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(Results results) => JsonSerializer.Serialize(results, s_options);
}
