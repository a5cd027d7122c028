namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using System.Text;
using SmtpTlsProxy.Transport.OpenSsl;

public class AlpnOfferTest
{
    [Theory] // rule 3.6
    [InlineData("\u0004smtp", 1, 4)]
    [InlineData("\u0002h2\u0005esmtp\u0004smtp", 4, 5)]
    [InlineData("", 0, 0)]
    [InlineData("\u0002h2", 0, 0)]
    [InlineData("\u0004SMTP", 0, 0)]
    [InlineData("\u0005smtps", 0, 0)]
    [InlineData("\u0006smt", 0, 0)]
    [InlineData("\u0000\u0000\u0004smtp", 3, 4)]
    public void OursIsFoundWhereItIs(string offer, int start, int length)
    {
        Assert.Equal(length > 0, AlpnOffer.TryFindOurs(Encoding.Latin1.GetBytes(offer), out int foundStart, out int foundLength));
        Assert.Equal((start, length), (foundStart, foundLength));
    }
}
