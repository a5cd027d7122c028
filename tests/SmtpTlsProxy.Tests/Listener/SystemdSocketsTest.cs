using Microsoft.AspNetCore.Connections;

namespace SmtpTlsProxy.Listener;

/// <summary>sd_listen_fds(3): descriptors from 3 on, names in their order, and only for the process that is meant.</summary>
public class SystemdSocketsTest
{
    [Fact]
    public void ASocketIsFoundByItsName() => Assert.Equal(4UL, Find("submission", "42", "mx:submission").FileHandle);

    [Theory]
    [InlineData("42", "mx")]
    [InlineData("43", "mx:submission")]
    [InlineData(null, null)]
    public void ASocketThatWasNotHandedToUsIsAnErrorWithARemedy(string? pid, string? names)
    {
        IOException error = Assert.Throws<IOException>(() => Find("submission", pid, names));
        Assert.Contains("FileDescriptorName=submission", error.Message);
    }

    static FileHandleEndPoint Find(string name, string? pid, string? names) =>
        SystemdSockets.Find(name, variable => variable == "LISTEN_PID" ? pid : names, 42);
}
