using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace SmtpTlsProxy.Benchmarks.Micro;

/// <summary>How many octets one call of a benchmark looks at.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class OctetsAttribute(int count) : Attribute
{
    public int Count => count;
}

/// <summary>10^9 octets a second in the best iteration, the one that others on the machine disturbed least; where a benchmark names its octets.</summary>
sealed class GigabytesColumn : IColumn
{
    public string Id => nameof(GigabytesColumn);
    public string ColumnName => "GB/s";
    public string Legend => "10^9 octets a second, by the best iteration";
    public bool AlwaysShow => true;
    public ColumnCategory Category => ColumnCategory.Custom;
    public int PriorityInCategory => 0;
    public bool IsNumeric => true;
    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        int octets = Octets(benchmarkCase);
        return octets == 0 || summary[benchmarkCase]?.ResultStatistics is not { } statistics ? "" : (octets / statistics.Min).ToString("0.00", CultureInfo.InvariantCulture);
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    static int Octets(BenchmarkCase benchmarkCase) =>
        benchmarkCase.Descriptor.WorkloadMethod.GetCustomAttributes(typeof(OctetsAttribute), false) is [OctetsAttribute octets] ? octets.Count : 0;
}
