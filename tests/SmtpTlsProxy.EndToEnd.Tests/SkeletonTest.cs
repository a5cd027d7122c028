namespace SmtpTlsProxy;

public class SkeletonTest
{
    [Fact]
    public void TheAssemblyLoads() => Assert.NotNull(typeof(SkeletonTest).Assembly.Location);
}
