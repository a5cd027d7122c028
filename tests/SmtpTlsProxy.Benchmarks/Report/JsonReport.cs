using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>Everything that was measured, round by round.</summary>
static class JsonReport
{
    static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Converters = { new FiveDigits() } };

    public static string Of(object raw) => JsonSerializer.Serialize(raw, s_options).Replace("},{", "},\n{", StringComparison.Ordinal) + "\n";

    public static Results Read(string text) => JsonSerializer.Deserialize<Results>(text, s_options)!;

    /// <summary>Nothing here is known more exactly. What has no value (no proxy, no cost) is null.</summary>
    sealed class FiveDigits : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
                writer.WriteRawValue(value.ToString("G5", CultureInfo.InvariantCulture));
            else
                writer.WriteNullValue();
        }
    }
}
