namespace SmtpTlsProxy.Telemetry;

/// <summary>For people: <c>name=value</c>, and nothing for what did not come to pass.</summary>
sealed class TextFields(TextWriter output) : LineFields
{
    public override void Field(string name, string? value)
    {
        if (value is null)
            return;
        Name(name);
        output.Write(value);
    }

    public override void Field(string name, long value)
    {
        Name(name);
        output.Write(value);
    }

    void Name(string name)
    {
        output.Write(' ');
        output.Write(name);
        output.Write('=');
    }
}
