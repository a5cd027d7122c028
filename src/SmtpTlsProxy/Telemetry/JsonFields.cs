using System.Globalization;
using Serilog.Formatting.Json;

namespace SmtpTlsProxy.Telemetry;

/// <summary>For machines: members of a JSON object that is open already.</summary>
sealed class JsonFields(TextWriter output) : LineFields
{
    const int LongestNumber = 20;

    public override void Field(string name, string? value)
    {
        Name(name);
        if (value is null)
            output.Write("null");
        else
            JsonValueFormatter.WriteQuotedJsonString(value, output);
    }

    public override void Field(string name, long value)
    {
        Name(name);
        Span<char> digits = stackalloc char[LongestNumber];
        value.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        output.Write(digits[..length]);
    }

    // Names are ours and need no escape.
    void Name(string name)
    {
        output.Write(",\"");
        output.Write(name);
        output.Write("\":");
    }
}
