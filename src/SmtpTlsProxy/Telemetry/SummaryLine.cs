using Serilog.Events;

namespace SmtpTlsProxy.Telemetry;

/// <summary>A summary line: its fields' names and their order are part of the contract with the tools that read the log.</summary>
abstract class SummaryLine : LogEventPropertyValue
{
    /// <summary>Tells each field, in order.</summary>
    public abstract void Tell(LineFields fields);

    /// <inheritdoc/>
    public override void Render(TextWriter output, string? format = null, IFormatProvider? formatProvider = null) => Tell(new TextFields(output));
}

/// <summary>Who spells the fields of a line out.</summary>
abstract class LineFields
{
    /// <summary>A word; null where it did not come to pass.</summary>
    public abstract void Field(string name, string? value);

    public abstract void Field(string name, long value);
}
