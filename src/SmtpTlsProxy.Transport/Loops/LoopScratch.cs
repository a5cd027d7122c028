namespace SmtpTlsProxy.Transport.Loops;

using System.Runtime.InteropServices;

/// <summary>
/// The one receive buffer of a loop, lent to one leg at a time; so an idle session holds no buffer. 60 KiB, not 64: loopback's MSS is 65,483,
/// and 64 KiB would leave a runt behind each send.
/// </summary>
public sealed unsafe class LoopScratch : IDisposable
{
    /// <summary>The size of the buffer.</summary>
    public const int Size = 60 * 1024;

    byte* _start = (byte*)NativeMemory.AlignedAlloc(Size, 4096);
    ScratchLoan? _borrower;

    internal LoopScratch() => Poison.Fill(Span);

    Span<byte> Span => new(_start, Size);

    /// <summary>Lends the buffer. The one place where the former borrower's unfinished rest moves to a carry: here, and at the turn's end.</summary>
    internal byte* Lend(ScratchLoan to)
    {
        if (_borrower != to)
            Reclaim();
        _borrower = to;
        return _start;
    }

    /// <summary>Ends the loan, if there is one: at the end of a turn.</summary>
    internal void Reclaim()
    {
        _borrower?.MoveToCarry();
        _borrower = null;
    }

    /// <summary>The borrower goes for good: nothing of its rest is kept.</summary>
    internal void Forget(ScratchLoan borrower)
    {
        if (_borrower == borrower)
            _borrower = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
    }
}
