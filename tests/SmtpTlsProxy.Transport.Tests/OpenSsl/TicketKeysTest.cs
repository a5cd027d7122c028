namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

/// <summary>Rule 3.7: contexts that share ticket keys resume each other's sessions, and no others.</summary>
[Collection("OpenSsl")]
public class TicketKeysTest
{
    static readonly TlsCertificate s_certificate = TestCertificates.Shared.For("mx.example.net");
    static readonly TicketKey s_one = TicketKey.Derive("one"u8, "mx"), s_two = TicketKey.Derive("two"u8, "mx"), s_three = TicketKey.Derive("three"u8, "mx");

    public static TheoryData<TlsVersion> Versions => [TlsVersion.Tls12, TlsVersion.Tls13];

    [Theory]
    [MemberData(nameof(Versions))]
    public void TwoContextsResumeEachOthersSessionsWithAndWithoutARotation(TlsVersion newest)
    {
        TicketKeys here = new([s_one]), there = new([s_one]);
        using TlsContext one = Server(newest, here), two = Server(newest, there), client = TestContexts.Client(), later = TestContexts.Client();
        Assert.False(Resumes(client, one));
        for (int again = 0; again < 5; again++)                      // each brings the ticket for the next
            Assert.True(Resumes(client, two));
        there.Become([s_two, s_one]);
        Assert.True(Resumes(client, two));                           // by the old key
        Resumes(later, two);                                          // a ticket of the new one
        Assert.False(Resumes(later, one));
        Resumes(later, two);
        here.Become([s_two, s_one]);
        Assert.True(Resumes(later, one));
        here.Become([s_three, s_two]);
        there.Become([s_three, s_two]);
        Assert.True(Resumes(later, two));
        there.Become([TicketKey.Derive("four"u8, "mx")]);
        Assert.False(Resumes(later, two));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void AnotherIdentityResumesNothingWithTheSameKeys(TlsVersion newest)
    {
        TicketKeys keys = new([s_one]);
        using TlsContext one = Server(newest, keys), other = Server(newest, keys, "other"), client = TestContexts.Client();
        Resumes(client, one);
        Assert.False(Resumes(client, other));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void ATicketThatWasChangedIsIgnored(TlsVersion newest)
    {
        using TlsContext one = Server(newest, new([s_one])), client = TestContexts.Client();
        Resumes(client, one);
        using TlsContext damaged = Server(newest, new([Damaged()]));
        Assert.False(Resumes(client, damaged));
        Assert.True(ErrorQueue.IsEmpty);
    }

    [Fact]
    public void AKeyIsDerivedForItsPurposeAndNotPrinted()
    {
        Assert.Equal(s_one.Cipher, TicketKey.Derive("one"u8, "mx").Cipher);
        Assert.NotEqual(s_one.Cipher.ToArray(), TicketKey.Derive("one"u8, "other").Cipher.ToArray());
        Assert.NotEqual(s_one.Name.ToArray(), TicketKey.Derive("one"u8, "other").Name.ToArray());
        Assert.Equal("TicketKey", s_one.ToString());
        Assert.Throws<ArgumentException>(() => new TicketKeys([]));
    }

    // Another key of the same name: the MAC is wrong.
    static TicketKey Damaged()
    {
        TicketKey other = TicketKey.Derive("other"u8, "mx");
        System.Reflection.FieldInfo all = typeof(TicketKey).GetField("_all", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!;
        s_one.Name.CopyTo((byte[])all.GetValue(other)!);
        return other;
    }

    static TlsContext Server(TlsVersion newest, TicketKeys keys, string identity = "mx") => TlsContext.ForServer(new TlsServerOptions
    {
        Certificates = [s_certificate], Policy = new() { MaxVersion = newest }, Tickets = new TlsTickets(keys, identity),
    });

    static bool Resumes(TlsContext client, TlsContext server)
    {
        using TlsPair pair = new TlsPair(client, server, TestContexts.Enforced("mx.example.net")).RunOk();
        pair.Server.Say("220 hello\r\n"u8);
        pair.Client.ReadAll();
        Assert.Equal(pair.ServerResult.Resumed, pair.ClientResult.Resumed);
        return pair.ServerResult.Resumed;
    }
}
