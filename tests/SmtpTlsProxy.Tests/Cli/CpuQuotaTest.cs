namespace SmtpTlsProxy.Cli;

/// <summary>How many loops a quota is worth.</summary>
public sealed class CpuQuotaTest : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("cgroup").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(8, null, 4)]
    [InlineData(3, null, 1)]
    [InlineData(1, null, 1)]
    [InlineData(8, 0.25, 1)]
    [InlineData(8, 3.9, 1)]
    [InlineData(8, 4.0, 2)]
    [InlineData(4, 64.0, 2)]
    public void OneForTwoWholeCores(int processors, double? quota, int loops) => Assert.Equal(loops, CpuQuota.LoopsOf(processors, quota));

    [Fact]
    public void TheLeastOfTheGroupAndThoseAboveItCounts()
    {
        Write("cpu.max", "max 100000\n");
        Write("pods.slice/cpu.max", "150000 100000\n");
        Write("pods.slice/pod/cpu.max", "400000 100000\n");
        Assert.Equal(1.5, Read("0::/pods.slice/pod\n"));
    }

    [Fact]
    public void InAContainerTheTopmostGroupIsItsOwn()
    {
        Write("cpu.max", "50000 100000\n");
        Assert.Equal(0.5, Read("0::/\n"));
        Assert.Equal(0.5, Read("0::/host/path/that/is/not/here\n"));
    }

    [Fact]
    public void TheFirstVersionKeepsQuotaAndPeriodApart()
    {
        Write("cpu/docker/cpu.cfs_quota_us", "250000\n");
        Write("cpu/docker/cpu.cfs_period_us", "100000\n");
        Assert.Equal(2.5, Read("5:memory:/docker\n4:cpu,cpuacct:/docker\n"));
        Write("cpu/docker/cpu.cfs_quota_us", "-1\n");
        Assert.Null(Read("5:memory:/docker\n4:cpu,cpuacct:/docker\n"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0::/\n")]
    [InlineData("nonsense\n")]
    public void WithoutAQuotaThereIsNone(string memberships)
    {
        Write("cpu.max", "max 100000\n");
        Assert.Null(Read(memberships));
        Assert.Null(CpuQuota.Read(Path.Combine(_root, "nowhere"), _root));
    }

    double? Read(string memberships)
    {
        Write("memberships", memberships);
        return CpuQuota.Read(Path.Combine(_root, "memberships"), _root);
    }

    void Write(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
