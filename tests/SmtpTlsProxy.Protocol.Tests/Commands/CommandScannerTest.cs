using System.Text;

namespace SmtpTlsProxy.Protocol.Tests;

public class CommandScannerTest
{
    [Theory]
    [InlineData("EHLO x", Verb.Ehlo, "x")]
    [InlineData("ehlo  x ", Verb.Ehlo, "x")]
    [InlineData("StartTls", Verb.StartTls, "")]
    [InlineData("MAIL FROM:<a@b>", Verb.Mail, "FROM:<a@b>")]
    [InlineData("MAILX", Verb.Other, "")]
    [InlineData("STARTTLSX", Verb.Other, "")]
    [InlineData("X-1_b y", Verb.Other, "y")]
    [InlineData("MAIL \tx\xe9\t", Verb.Mail, "x\xe9")]
    public void Rule2_9_AVerbEndsAtASpaceOrTheLineEnd(string line, Verb verb, string argument)
    {
        Command command = CommandScanner.Scan(Encoding.Latin1.GetBytes(line));
        Assert.Equal((CommandFault.None, verb), (command.Fault, command.Verb));
        Assert.Equal(argument, Encoding.Latin1.GetString(command.Argument));
    }

    [Fact]
    public void Rule2_9_EveryControlOctetButTabIsAFault()
    {
        for (int octet = 0; octet < 256; octet++)
        {
            bool isControl = octet is (< 32 and not 9) or 127;
            Command command = CommandScanner.Scan([.. "NOOP x"u8, (byte)octet, .. "y"u8]);
            Assert.Equal(isControl ? CommandFault.Syntax : CommandFault.None, command.Fault);
        }
    }

    [Fact]
    public void Rule2_9_NoOctetIsPartOfAVerbButLettersDigitsHyphenAndUnderscore()
    {
        for (int octet = 0; octet < 256; octet++)
        {
            bool isVerb = char.IsAsciiLetterOrDigit((char)octet) || octet is '-' or '_' or ' ';
            Command command = CommandScanner.Scan([.. "XX"u8, (byte)octet]);
            Assert.Equal(isVerb ? CommandFault.None : octet == ':' ? CommandFault.Http : CommandFault.Syntax, command.Fault);
        }
    }

    [Fact]
    public void EveryVerbOfTheTableIsFoundByItsName()
    {
        foreach (Verb verb in Enum.GetValues<Verb>())
        {
            if (verb is Verb.Other or Verb.Greeting)
                continue;
            string name = VerbTable.NameOf(verb);
            Assert.Equal(verb, VerbTable.Find(Encoding.ASCII.GetBytes(name)));
            Assert.Equal(verb, VerbTable.Find(Encoding.ASCII.GetBytes(name.ToLowerInvariant())));
            Assert.Equal(Verb.Other, VerbTable.Find(Encoding.ASCII.GetBytes(name[..^1])));
        }
        Assert.Equal("other", VerbTable.NameOf(Verb.Other));
        Assert.Equal(Verb.Other, VerbTable.Find(""u8));
    }
}
