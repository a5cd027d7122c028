using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmtpTlsProxy.Cli;

/// <summary>Writes JSON for people and programs, without a serializer's reflection.</summary>
static class JsonText
{
    static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(TextWriter output, JsonNode node)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Options)) node.WriteTo(writer);
        output.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }
}
