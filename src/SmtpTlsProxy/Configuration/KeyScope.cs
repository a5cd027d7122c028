using System.Globalization;

namespace SmtpTlsProxy.Configuration;

/// <summary>The keys beneath one path, read by type.</summary>
sealed class KeyScope(KeyReader reader, string path)
{
    public string Path => path;

    public string PathOf(string key) => $"{path}.{key}";

    public bool IsWritten(string key) => reader.Settings.IsWritten(PathOf(key));

    public Origin OriginOf(string key) => reader.Settings.OriginOf(PathOf(key));

    public KeyScope Under(string key) => new(reader, PathOf(key));

    public string? Text(string key) => reader.Optional<string>(PathOf(key), text => text.Length > 0 ? text : Parsed.Wrong("it is empty"));

    public string? DomainName(string key) => reader.Optional(PathOf(key), DomainNames.Read);

    public string? HeloName(string key) => reader.Optional(PathOf(key), DomainNames.Helo);

    public T? Optional<T>(string key, Func<string, Parsed<T>> parse) where T : class => reader.Optional(PathOf(key), parse);

    public IReadOnlyList<T>? List<T>(string key, Func<string, Parsed<T>> parse) => reader.List(PathOf(key), parse);

    public T Word<T>(string key, Vocabulary<T> words) where T : struct => OptionalWord(key, words) ?? default;

    public T? OptionalWord<T>(string key, Vocabulary<T> words) where T : struct => reader.OptionalValue(PathOf(key), text => ReadWord(text, words));

    public IReadOnlyList<T> Words<T>(string key, Vocabulary<T> words) => reader.List(PathOf(key), text => ReadWord(text, words)) ?? [];

    public bool Flag(string key) => reader.OptionalValue<bool>(PathOf(key), text => bool.TryParse(text, out bool flag) ? flag : Parsed.Wrong($"\"{text}\" is neither true nor false")) ?? false;

    public int Integer(string key) => (int)(reader.OptionalValue(PathOf(key), text => ReadNumber(PathOf(key), text)) ?? 0);

    public long? Size(string key) => reader.OptionalValue(PathOf(key), text => Ranged(PathOf(key), text, Sizes.Read(text)));

    public TimeSpan Duration(string key)
    {
        TimeSpan span = reader.OptionalValue(PathOf(key), Durations.Read) ?? TimeSpan.Zero;
        if (reader.Settings.Find(PathOf(key)) is { Key.StandardMinimum: { } minimum } setting && span < minimum && span > TimeSpan.Zero)
            reader.Mistakes.Warn(setting.Path, setting.Origin, $"{setting.Text} is below the {Durations.Write(minimum)} that RFC 5321 section 4.5.3.2 asks for",
                $"Write {Durations.Write(minimum)} or more; shorter loses slow but honest peers");
        return span;
    }

    public void Derived(string key, string text) => reader.Derived(PathOf(key), text);

    public static Parsed<T> ReadWord<T>(string text, Vocabulary<T> words) =>
        words.TryRead(text, out T value) ? value : Parsed.Wrong($"\"{text}\" is no word for it");

    public static Parsed<long> ReadNumber(string path, string text) => Ranged(path, text, ReadInteger(text));

    static Parsed<long> ReadInteger(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : Parsed.Wrong($"\"{text}\" is no number");

    static Parsed<long> Ranged(string path, string text, Parsed<long> parsed)
    {
        KeyDefinition key = KeyTable.Of(path)!;
        return parsed.Problem is not null || (parsed.Value >= key.Min && parsed.Value <= key.Max) ? parsed : Parsed.Wrong($"{text} is out of range");
    }
}
