using System.Security.Cryptography;

namespace SmtpTlsProxy.EndToEnd.Bench;

static class ContentAssert
{
    /// <summary>What the server keeps is what the client sent, but for its line ends.</summary>
    public static void ArrivedWhole(byte[] sent, byte[] kept)
    {
        byte[] expected = DeliveredMail.Expected(sent);
        if (sent.Length < 100_000)
            Assert.Equal(expected, kept);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(expected)), Convert.ToHexString(SHA256.HashData(kept)));
    }
}
