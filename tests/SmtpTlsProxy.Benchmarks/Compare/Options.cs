using System.CommandLine;
using SmtpTlsProxy.Benchmarks.Proxies;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>What compare and growth are told.</summary>
sealed record Options(int Rounds, double Seconds, IReadOnlyList<string> Patterns, IReadOnlyList<string> Proxies, IReadOnlyList<Key> Keys, int Loops, string? Binary, string? Folder)
{
    const int MaxRounds = 100;
    const double MaxSeconds = 30;

    static readonly Option<int> s_rounds = new("--rounds") { Description = "Rounds; in each every proxy has its turn in every scenario.", DefaultValueFactory = _ => 7 };
    static readonly Option<double> s_seconds = new("--seconds") { Description = "Length of one turn.", DefaultValueFactory = _ => 1 };
    static readonly Option<string> s_scenario = new("--scenario") { Description = "Names of scenarios, as ingress/implicit/handshake/ecdsa; with *, several by comma. Default: all." };
    static readonly Option<string> s_proxies = new("--proxies") { Description = $"Who takes part, by comma: {string.Join(", ", Field.Names)}. Default: all." };
    static readonly Option<string> s_keys = new("--keys") { Description = "Kinds of certificate, by comma.", DefaultValueFactory = _ => "ecdsa,rsa" };
    static readonly Option<int> s_loops = new("--loops") { Description = "Loops, threads or workers of every proxy. Default: 0, each as it does by itself (we one loop for two cores, others one for each)." };
    static readonly Option<string> s_binary = new("--binary") { Description = "Our binary. Default: it is published first." };
    static readonly Option<string> s_folder = new("--out") { Description = "Folder for results.json, results.md and results.svg." };

    /// <summary>Whether a scenario of this name was asked for.</summary>
    public bool Wants(string scenario) => Scenarios.Matches(scenario, Patterns);

    public static void AddTo(Command command)
    {
        s_keys.Validators.Add(result =>
        {
            if (Words(result.GetValueOrDefault<string>()) is not { Count: > 0 } words || !words.All(word => Enum.TryParse<Key>(word, ignoreCase: true, out _)))
                result.AddError("--keys: ecdsa, rsa or both");
        });
        foreach (Option option in (Option[])[s_rounds, s_seconds, s_scenario, s_proxies, s_keys, s_loops, s_binary, s_folder])
            command.Add(option);
    }

    public static Options Of(ParseResult parsed) => new(
        Math.Clamp(parsed.GetValue(s_rounds), 1, MaxRounds),
        Math.Clamp(parsed.GetValue(s_seconds), 0.1, MaxSeconds),
        Words(parsed.GetValue(s_scenario)),
        Words(parsed.GetValue(s_proxies)) is { Count: > 0 } named ? named : Field.Names,
        [.. Words(parsed.GetValue(s_keys)).Select(KeyOf)],
        Math.Clamp(parsed.GetValue(s_loops), 0, 64),
        parsed.GetValue(s_binary),
        parsed.GetValue(s_folder));

    static Key KeyOf(string word) => Enum.Parse<Key>(word, ignoreCase: true);

    static List<string> Words(string? list) => [.. (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
