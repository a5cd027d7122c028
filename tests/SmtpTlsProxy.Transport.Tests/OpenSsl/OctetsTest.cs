namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using System.Runtime.InteropServices;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

[Collection("OpenSsl")]
public partial class OctetsTest
{
    const int KeyUpdateRequested = 1;

    static readonly TlsCertificate s_certificate = TestCertificates.Shared.For("mx.example.net");

    public static TheoryData<TlsVersion> Versions => [TlsVersion.Tls12, TlsVersion.Tls13];

    [Theory]
    [MemberData(nameof(Versions))]
    public void CloseNotifyIsAnEndAndWritingGoesOnBehindIt(TlsVersion newest)
    {
        using TlsPair pair = Open(newest);
        pair.Client.Write("QUIT\r\n"u8);
        pair.Client.CloseNotify();
        pair.Client.CloseNotify();
        pair.Client.Flush();
        pair.ClientWire.ShutdownSend();
        Assert.Equal("QUIT\r\n"u8, pair.Server.ReadAll(out TlsRead end));
        Assert.Equal(TlsRead.End, end);
        Assert.Equal(TlsRead.End, pair.Server.Read(new byte[9], out _));
        pair.Server.Say("221 bye\r\n"u8);
        Assert.Equal("221 bye\r\n"u8, pair.Client.ReadAll());
        pair.Server.CloseNotify();
        pair.Server.Flush();
        pair.Client.ReadAll(out end);
        Assert.Equal(TlsRead.End, end);
        Assert.True(ErrorQueue.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void AFinWithoutCloseNotifyIsTruncationAndWritingGoesOnBehindIt(TlsVersion newest)
    {
        using TlsPair pair = Open(newest);
        pair.Client.Say("NOOP\r\n"u8);
        pair.ClientWire.ShutdownSend();
        Assert.Equal("NOOP\r\n"u8, pair.Server.ReadAll(out TlsRead end));
        Assert.Equal(TlsRead.Truncated, end);
        pair.Server.Say("250 OK\r\n"u8);
        Assert.Equal("250 OK\r\n"u8, pair.Client.ReadAll());
        Assert.True(ErrorQueue.IsEmpty);
    }

    [Fact]
    public void AnEndIsPendingUntilItIsRead()
    {
        using TlsPair pair = Open();
        pair.Client.Say("NOOP\r\n"u8);
        pair.ClientWire.ShutdownSend();
        Assert.Equal(TlsRead.Data, pair.Server.Read(new byte[100], out _));
        Assert.True(pair.Server.HasPending);
        Assert.Equal(TlsRead.Truncated, pair.Server.Read(new byte[100], out _));
    }

    [Fact]
    public void AResetIsLost()
    {
        using TlsPair pair = Open();
        pair.ClientWire.Close(reset: true);
        Assert.Equal(TlsRead.Lost, pair.Server.Read(new byte[100], out int count));
        Assert.Equal(0, count);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void ABrokenRecordIsLostAndNothingIsSaidBehindIt(TlsVersion newest)
    {
        using TlsPair pair = Open(newest);
        pair.ServerWire.Feed("MAIL FROM:<in@clear.example>\r\n"u8);
        pair.Server.ReadAll(out TlsRead end);
        Assert.Equal(TlsRead.Lost, end);
        Assert.True(ErrorQueue.IsEmpty);
        pair.Server.Flush(); // the alert
        int said = pair.ServerWire.Taken.Length;
        pair.Server.Say("250 OK\r\n"u8);
        pair.Server.CloseNotify();
        pair.Server.Flush();
        Assert.Equal(said, pair.ServerWire.Taken.Length);
        pair.Client.ReadAll(out end);
        Assert.Equal(TlsRead.Lost, end);
        Assert.True(ErrorQueue.IsEmpty);
    }

    [Fact]
    public void OctetsBehindCloseNotifyAreNeverRead()
    {
        using TlsPair pair = Open();
        pair.Client.CloseNotify();
        pair.Client.Flush();
        pair.ServerWire.Feed("RCPT TO:<in@clear.example>\r\n"u8);
        Assert.Empty(pair.Server.ReadAll(out TlsRead end));
        Assert.Equal(TlsRead.End, end);
        Assert.Empty(pair.Server.ReadAll());
    }

    [Fact]
    public void APartOfARecordIsNotPending()
    {
        using TlsPair pair = Open();
        int before = pair.ClientWire.Taken.Length;
        pair.ClientWire.Window = 40;
        pair.Client.Say(new byte[1000]);
        Assert.Equal(before + 40, pair.ClientWire.Taken.Length);
        Assert.True(pair.Server.HasPending);
        Assert.Equal(TlsRead.Empty, pair.Server.Read(new byte[2000], out _));
        Assert.False(pair.Server.HasPending);
        int receives = pair.ServerWire.Receives;
        Assert.Equal(TlsRead.Empty, pair.Server.Read(new byte[2000], out _));
        Assert.Equal(receives, pair.ServerWire.Receives);
        pair.ClientWire.Window = long.MaxValue;
        pair.Client.Flush();
        Assert.Equal(1000, pair.Server.ReadAll().Length);
    }

    [Fact]
    public void ReadsGatherRecordsAndAWaitingRestIsPending()
    {
        using TlsPair pair = Open();
        for (int line = 0; line < 10; line++)
            pair.Client.Write("NOOP\r\n"u8);
        pair.Client.Flush();
        byte[] room = new byte[57];
        Assert.Equal(TlsRead.Data, pair.Server.Read(room, out int count));
        Assert.Equal(57, count);
        Assert.True(pair.Server.HasPending);
        Assert.Equal(TlsRead.Data, pair.Server.Read(room, out count));
        Assert.Equal(3, count);
    }

    [Fact]
    public void WritesGatherAndLeaveWithOneSend()
    {
        using TlsPair pair = Open();
        int sends = pair.ClientWire.Sends;
        pair.Client.Write("MAIL FROM:<a@example.net>\r\n"u8);
        pair.Client.Write("RCPT TO:<b@example.net>\r\n"u8);
        pair.Client.Write(new byte[60_000]);
        Assert.Equal(sends, pair.ClientWire.Sends);
        Assert.InRange(pair.Client.Unsent, 60_052, 61_000);
        pair.Client.Flush();
        Assert.Equal((sends + 1, 0), (pair.ClientWire.Sends, pair.Client.Unsent));
    }

    [Fact]
    public void AnyWindowGivesTheSameOctets()
    {
        using TlsPair pair = Open();
        byte[] content = new byte[300_000];
        new Random(2).NextBytes(content);
        pair.ClientWire.Window = 0;
        pair.Client.Write(content); // more than the bound for what OpenSSL says by itself: all is taken
        Assert.True(pair.Client.Unsent > WireBio.Limit);
        List<byte> read = [];
        int turns = 0;
        for (int window = 1; read.Count < content.Length; window = window * 3 % 20_011)
        {
            pair.ClientWire.Window = window;
            pair.Client.Flush();
            read.AddRange(pair.Server.ReadAll(out TlsRead end));
            Assert.Equal(TlsRead.Empty, end);
            Assert.True(turns++ < 1000, $"{read.Count} {pair.Client.Unsent} {window} {pair.ServerWire.IsReadable}");
        }
        Assert.Equal(content, read);
        Assert.Equal(0, pair.Client.Unsent);
    }

    [Fact]
    public void AFailedSendDropsWhatIsWrittenAndReadsWhatCame()
    {
        using TlsPair pair = Open();
        pair.Server.Say("250 OK\r\n"u8);
        pair.ClientWire.ShutdownSend(); // every further send of it is lost
        pair.Client.Say("NOOP\r\n"u8);
        Assert.Equal((true, 0), (pair.Client.SendFailed, pair.Client.Unsent));
        pair.Client.Say("NOOP\r\n"u8);
        Assert.Equal(0, pair.Client.Unsent);
        Assert.Equal("250 OK\r\n"u8, pair.Client.ReadAll(out TlsRead end));
        Assert.Equal(TlsRead.Lost, end);
    }

    [Fact] // RFC 8446 section 4.6.3: each asks for an answer
    public void AFloodOfKeyUpdatesStaysBounded()
    {
        using TlsPair pair = Open();
        pair.ServerWire.Window = 0;
        pair.ClientWire.Window = 10; // the first one comes in two parts
        Assert.Equal(1, SSL_key_update(pair.Client.Ssl, KeyUpdateRequested));
        Assert.Equal(1, LibSsl.SSL_do_handshake(pair.Client.Ssl));
        pair.Client.Flush();
        Assert.Equal(TlsRead.Empty, pair.Server.Read(new byte[9], out _));
        pair.ClientWire.Window = long.MaxValue;
        for (int update = 0; update < 20_000; update++)
        {
            Assert.Equal(1, SSL_key_update(pair.Client.Ssl, KeyUpdateRequested));
            Assert.Equal(1, LibSsl.SSL_do_handshake(pair.Client.Ssl));
            pair.Client.Flush();
        }
        pair.Client.Say("NOOP\r\n"u8);
        byte[] room = new byte[100];
        for (int again = 0; again < 10; again++)
            Assert.Equal(TlsRead.Empty, pair.Server.Read(room, out _));
        Assert.InRange(pair.Server.Unsent, WireBio.Limit / 2, WireBio.Limit);
        pair.Server.Write("421 4.4.2 first\r\n"u8); // the application is not bound by the flood
        pair.ServerWire.Window = long.MaxValue;
        TlsRead found = TlsRead.Empty;
        int count = 0;
        for (int turn = 0; found is TlsRead.Empty && turn < 100; turn++)
        {
            pair.Server.Flush();
            found = pair.Server.Read(room, out count);
        }
        Assert.Equal("NOOP\r\n"u8, room.AsSpan(0, count));
        pair.Server.Flush();
        Assert.Equal("421 4.4.2 first\r\n"u8, pair.Client.ReadAll());
        Assert.True(ErrorQueue.IsEmpty);
    }

    [Fact] // rule 3.7
    public void ARenegotiationIsRefusedAndTheConnectionStands()
    {
        using TlsPair pair = Open(TlsVersion.Tls12);
        SSL_clear_options(pair.Client.Ssl, SslConstants.SSL_OP_NO_RENEGOTIATION);
        Assert.Equal(1, SSL_renegotiate(pair.Client.Ssl));
        LibSsl.SSL_do_handshake(pair.Client.Ssl);
        pair.Client.Flush();
        Assert.Empty(pair.Server.ReadAll(out TlsRead end));
        Assert.Equal(TlsRead.Empty, end);
        pair.Server.Say("250 OK\r\n"u8);
        Assert.InRange(pair.Server.Unsent, 0, 0);
        ErrorQueue.Clear();
    }

    static TlsPair Open(TlsVersion newest = TlsVersion.Tls13)
    {
        using TlsContext server = TestContexts.Server(newest, s_certificate), client = TestContexts.Client();
        return new TlsPair(client, server).RunOk();
    }

    [LibraryImport(LibSsl.Library)]
    private static partial int SSL_key_update(nint ssl, int type);

    [LibraryImport(LibSsl.Library)]
    private static partial int SSL_renegotiate(nint ssl);

    [LibraryImport(LibSsl.Library)]
    private static partial ulong SSL_clear_options(nint ssl, ulong options);
}
