using System.Text;
using SmtpTlsProxy.Fuzz;
using SmtpTlsProxy.Reference;

const string Usage = """
    usage: dotnet run --project tests/SmtpTlsProxy.Fuzz -- TARGET [--seconds N] [--seed S] [FILE...]
    Tries the corpus of TARGET and what mutation makes of it for N seconds (60); with FILEs, tries only these.
    Exits 1 when something broke; the input is then in crash-TARGET-*.
    """;

if (args is [] || FuzzTarget.Find(args[0]) is not { } target)
{
    Console.Error.WriteLine($"{Usage}\ntargets: {string.Join(' ', FuzzTarget.All.Select(known => known.Name))}");
    return 64;
}

int seconds = 60, seed = Random.Shared.Next();
List<string> files = [];
for (int at = 1; at < args.Length; at++)
{
    switch (args[at])
    {
        case "--seconds" when at + 1 < args.Length: seconds = int.Parse(args[++at]); break;
        case "--seed" when at + 1 < args.Length: seed = int.Parse(args[++at]); break;
        default: files.Add(args[at]); break;
    }
}
return files.Count > 0 ? Replay() : Fuzz();

int Replay()
{
    int broken = 0;
    foreach (string file in files)
    {
        Exception? failure = Fuzzer.Try(target, File.ReadAllBytes(file));
        Console.WriteLine(failure is null ? $"{file}: fine" : $"{file}: {failure}");
        broken += failure is null ? 0 : 1;
    }
    return broken > 0 ? 1 : 0;
}

int Fuzz()
{
    Console.WriteLine($"{target.Name}: {seconds} s, seed {seed}");
    FuzzResult result = Fuzzer.Run(target, TimeSpan.FromSeconds(seconds), seed, TimeProvider.System);
    Console.WriteLine($"{target.Name}: {result.Executions} executions, {result.PerSecond:0}/s");
    if (result.Crash is not { } crash)
        return 0;
    string file = $"crash-{target.Name}-{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(crash)).ToLowerInvariant()[..12]}";
    File.WriteAllBytes(file, crash);
    Console.WriteLine($"{Fuzzer.Try(target, crash)}\ninput: {Show.Octets(Encoding.Latin1.GetString(crash))}");
    Console.WriteLine($"replay: dotnet run --project tests/SmtpTlsProxy.Fuzz -- {target.Name} {file}");
    return 1;
}
