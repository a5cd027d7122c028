namespace SmtpTlsProxy.Configuration;

/// <summary>A value read from text, or what is wrong with the text.</summary>
readonly record struct Parsed<T>(T Value, string? Problem)
{
    public static implicit operator Parsed<T>(T value) => new(value, null);

    public static implicit operator Parsed<T>(Parsed.Failure failure) => new(default!, failure.Problem);
}

static class Parsed
{
    public readonly record struct Failure(string Problem);

    public static Failure Wrong(string problem) => new(problem);
}
