using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Validators;

namespace SmtpTlsProxy.Benchmarks.Micro;

/// <summary>What a run prints: time, throughput where it is one of octets, and allocations.</summary>
sealed class MicroConfig : ManualConfig
{
    public MicroConfig()
    {
        AddLogger(ConsoleLogger.Default);
        AddColumnProvider(
            DefaultColumnProviders.Descriptor, DefaultColumnProviders.Params, new SimpleColumnProvider(StatisticColumn.Mean, StatisticColumn.Min, new GigabytesColumn()),
            DefaultColumnProviders.Metrics);
        AddDiagnoser(MemoryDiagnoser.Default);
        AddExporter(MarkdownExporter.GitHub);
        AddValidator(JitOptimizationsValidator.FailOnError);
        WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile);
    }
}
