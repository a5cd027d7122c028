using System.Reflection;
using System.Text.RegularExpressions;

namespace SmtpTlsProxy.Protocol.Tests;

public partial class OwnRepliesTest
{
    static IEnumerable<OwnReply> All =>
        typeof(OwnReplies).GetFields(BindingFlags.Public | BindingFlags.Static).Select(member => member.GetValue(null)).Cast<OwnReply>();

    [GeneratedRegex(@"^([245])\d\d \1\.\d{1,3}\.\d{1,3} [\x20-\x7e]+$")]
    private static partial Regex Enhanced();

    [GeneratedRegex("^[a-z_]{2,20}$")]
    private static partial Regex Label();

    [Fact]
    public void Rule1_1_EachCarriesAnEnhancedCodeOfItsOwnClass() => Assert.All(All, reply =>
    {
        // RFC 3207 section 4 gives the words of 530, RFC 3463 section 2 the classes: a 5xx has class 5, a 4xx class 4.
        Assert.Matches(Enhanced(), reply.ToString());
        Assert.True(reply.Octets.Length <= 512);
    });

    [Fact]
    public void TheirReasonsAreAShortClosedList()
    {
        Assert.All(All, reply => Assert.Matches(Label(), reply.Reason));
        Assert.InRange(All.Select(reply => reply.Reason).Distinct().Count(), 1, 32);
    }

    [Fact]
    public void TheProxyNeverAcceptsAMessageOnItsOwn() =>
        // Rule 5.4: of 2xx it says only 220 and 221.
        Assert.DoesNotContain(All, reply => reply.Code is >= 200 and < 300 and not (220 or 221));

    [Fact]
    public void Rule4_2_TheGreetingNamesUs() => Assert.Equal("220 proxy.test ESMTP", new Rules { Hostname = "proxy.test" }.Greeting.ToString());

    [Fact]
    public void AChangedCopyOfTheRulesGreetsByItsOwnName()
    {
        Rules rules = new Rules { Hostname = "a.test" } with { Hostname = "b.test" };
        Assert.Equal("220 b.test ESMTP", rules.Greeting.ToString());
    }
}
