namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using System.Reflection;
using System.Runtime.InteropServices;
using SmtpTlsProxy.Transport.OpenSsl;

[Collection("OpenSsl")]
public class OpenSslLibraryTest
{
    [Fact]
    public void OpenSslIsLoadedAndTellsItsVersion()
    {
        OpenSslLibrary.Load();
        Assert.StartsWith("OpenSSL 3.", OpenSslLibrary.Version, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(LibSsl))]
    [InlineData(typeof(LibCrypto))]
    public void EveryBindingIsLookedUpAtTheStart(Type bindings)
    {
        string[] listed = (bindings == typeof(LibSsl) ? OpenSslSymbols.Ssl : OpenSslSymbols.Crypto).ToArray();
        IEnumerable<string> bound = bindings.GetMethods(BindingFlags.Static | BindingFlags.NonPublic).Where(IsBinding).Select(method => method.Name);
        Assert.Equal(bound.Order(), listed.Order());
    }

    static bool IsBinding(MethodInfo method) => method.IsAssembly
        && (method.GetCustomAttribute<LibraryImportAttribute>() is not null || method.Attributes.HasFlag(MethodAttributes.PinvokeImpl));
}
