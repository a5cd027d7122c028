using System.Text;
using SmtpTlsProxy.Reference;

namespace SmtpTlsProxy.Fuzz;

static class Demand
{
    public static void That(bool isSo, string otherwise)
    {
        if (!isSo)
            throw new MismatchException(otherwise);
    }

    public static string Latin(ReadOnlySpan<byte> octets) => Encoding.Latin1.GetString(octets);
}
