using System.Text;
using SmtpTlsProxy.Fuzz;
using SmtpTlsProxy.Reference;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>
/// Each fuzz target for a little while: its corpus always, then what mutation makes of it. SMTP_TLS_PROXY_FUZZ_SECONDS says how long (10).
/// The seed is always the same: a longer run goes on where a shorter one stopped. A failure tells the input.
/// </summary>
public class FuzzTest
{
    public static TheoryData<string> Targets => [.. FuzzTarget.All.Select(target => target.Name)];

    [Theory, MemberData(nameof(Targets))]
    public void NoInputBreaksIt(string name)
    {
        FuzzTarget target = FuzzTarget.Find(name)!;
        FuzzResult result = Fuzzer.Run(target, TimeSpan.FromSeconds(Seconds), seed: 1, TimeProvider.System);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {result.Executions} executions, {result.PerSecond:0}/s");
        Assert.True(result.Crash is null, $"input {Show.Octets(Encoding.Latin1.GetString(result.Crash ?? []))}: {result.Failure}");
    }

    static double Seconds => double.TryParse(Environment.GetEnvironmentVariable("SMTP_TLS_PROXY_FUZZ_SECONDS"), out double asked) ? asked : 10;
}
