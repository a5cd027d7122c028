namespace SmtpTlsProxy.Transport.Loops;

using System.Text;

public sealed class ScratchTests : IDisposable
{
    readonly ManualLoop _loop = new(TimeProvider.System);
    readonly ScratchLoan _first;
    readonly ScratchLoan _second;

    public ScratchTests()
    {
        _first = new ScratchLoan(_loop);
        _second = new ScratchLoan(_loop);
    }

    public void Dispose()
    {
        _first.Release();
        _second.Release();
        Assert.True(_loop.Counts.IsZero, _loop.Counts.ToString());
        _loop.Dispose();
    }

    [Fact]
    public void WhatIsReceivedIsReadAndConsumedWithoutACopy()
    {
        Receive(_first, "EHLO a\r\nMAIL");
        _first.Consume(8);
        Assert.Equal("MAIL", Rest(_first));
        Assert.Equal(0, _loop.Counts.RentedBuffers);
    }

    [Fact]
    public void TheRestMovesToACarryWhenAnotherLegReads()
    {
        Receive(_first, "EHLO a\r\nMAIL");
        _first.Consume(8);
        Receive(_second, "250 ok of another leg\r\n");
        Assert.Equal("MAIL", Rest(_first));
        Assert.Equal("250 ok of another leg\r\n", Rest(_second));
        Assert.Equal(1, _loop.Counts.RentedBuffers);
    }

    [Fact]
    public void TheRestMovesToACarryWhenTheTurnEnds()
    {
        Receive(_first, "QUI");
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(1, _loop.Counts.RentedBuffers);
        Receive(_first, "T\r\n");
        Assert.Equal("QUIT\r\n", Rest(_first));
        Assert.Equal(0, _loop.Counts.RentedBuffers);
    }

    [Fact]
    public void ALegWithNothingUnconsumedHoldsNoMemory()
    {
        Receive(_first, "QUIT\r\n");
        _first.Consume(6);
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(0, _loop.Counts.RentedBuffers);
        Receive(_first, "QU");
        _loop.Turn(TimeSpan.Zero);
        _first.Consume(2);
        Assert.Equal(0, _loop.Counts.RentedBuffers);
    }

    [Fact]
    public void MoreIsReceivedBehindTheRest()
    {
        Receive(_first, "one two");
        _first.Consume(4);
        Receive(_first, " three");
        Assert.Equal("two three", Rest(_first));
    }

    [Fact]
    public void ARestGrowsToItsLimitThroughEveryMove()
    {
        StringBuilder expected = new();
        Random random = new(3);
        while (expected.Length < ScratchLoan.Limit)
        {
            Span<byte> room = _first.Lend();
            Assert.False(room.IsEmpty);
            int count = Math.Min(room.Length, random.Next(1, 9000));
            byte letter = (byte)('a' + (expected.Length % 26));
            room[..count].Fill(letter);
            _first.Received(count);
            expected.Append((char)letter, count);
            if (random.Next(3) == 0)
                Receive(_second, "x");
            if (random.Next(3) == 0)
                _loop.Turn(TimeSpan.Zero);
            if (random.Next(4) == 0)
            {
                _first.Consume(100 < expected.Length ? 100 : 0);
                expected.Remove(0, 100 < expected.Length ? 100 : 0);
            }

            _second.Release();
        }

        Assert.Equal(expected.ToString(), Rest(_first));
        Assert.True(_first.Lend().IsEmpty);
    }

    [Fact]
    public void NoMoreThanTheRestCanBeConsumed()
    {
        Receive(_first, "abc");
        Assert.Throws<ArgumentOutOfRangeException>(() => _first.Consume(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => _first.Consume(-1));
    }

    [Fact]
    public void AReleasedLoanLeavesNothingBehind()
    {
        Receive(_first, "abc");
        _first.Release();
        _first.Release();
        Receive(_second, "def");
        Assert.True(_first.IsEmpty);
        Assert.Equal(0, _loop.Counts.RentedBuffers);
    }

#if DEBUG
    [Fact]
    public void AnEndedLoanIsPoisoned()
    {
        Receive(_first, "secret");
        ReadOnlySpan<byte> kept = _first.Rest;
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal("secret", Rest(_first));
        Assert.True(kept.IndexOfAnyExcept(Poison.Octet) < 0);
    }

    [Fact]
    public void WhatIsConsumedIsPoisoned()
    {
        Receive(_first, "command rest");
        ReadOnlySpan<byte> kept = _first.Rest[..8];
        _first.Consume(8);
        Assert.True(kept.IndexOfAnyExcept(Poison.Octet) < 0);
        Assert.Equal("rest", Rest(_first));
    }
#endif

    [Theory]
    [InlineData(1, 4096)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 16384)]
    [InlineData(65536, 65536)]
    [InlineData(65537, 131072)]
    public void ASlabIsTheSmallestThatHolds(int asked, int given)
    {
        Slab slab = _loop.Slabs.Rent(asked);
        Assert.Equal(given, slab.Size);
        _loop.Slabs.Return(slab);
    }

    [Fact]
    public unsafe void AReturnedSlabIsLentAgain()
    {
        Slab first = _loop.Slabs.Rent(1);
        _loop.Slabs.Return(first);
        Slab second = _loop.Slabs.Rent(1);
        Assert.True(first.Start == second.Start);
        _loop.Slabs.Return(second);
        Assert.Throws<ArgumentOutOfRangeException>(() => _loop.Slabs.Rent(Slabs.Largest + 1));
    }

    static void Receive(ScratchLoan loan, string octets)
    {
        int count = Encoding.ASCII.GetBytes(octets, loan.Lend());
        loan.Received(count);
    }

    static string Rest(ScratchLoan loan) => Encoding.ASCII.GetString(loan.Rest);
}
