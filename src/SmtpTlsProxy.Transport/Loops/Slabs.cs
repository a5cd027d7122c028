namespace SmtpTlsProxy.Transport.Loops;

using System.Runtime.InteropServices;

/// <summary>
/// One loop's pools of native slabs of 4, 16, 64 and 128 KiB: carries and gather buffers. Each pool keeps at most 1 MiB of idle slabs,
/// so a burst does not stay in memory. Used by its loop only; no lock.
/// </summary>
public sealed unsafe class Slabs : IDisposable
{
    /// <summary>The largest slab.</summary>
    public const int Largest = 128 * 1024;

    const int KeptPerPool = 1024 * 1024;

    static readonly int[] s_sizes = [4 * 1024, 16 * 1024, 64 * 1024, Largest];

    readonly Stack<nint>[] _idle = [new(), new(), new(), new()];
    readonly LiveCounts _counts;

    internal Slabs(LiveCounts counts) => _counts = counts;

    /// <summary>A slab of the smallest size that holds <paramref name="atLeast"/>, at most <see cref="Largest"/>. Its content is arbitrary.</summary>
    public Slab Rent(int atLeast)
    {
        int pool = PoolOf(atLeast);
        int size = s_sizes[pool];
        _counts.RentedBuffer(+1);
        return new Slab(_idle[pool].TryPop(out nint idle) ? (byte*)idle : (byte*)NativeMemory.Alloc((nuint)size), size);
    }

    /// <summary>Takes a slab back; <c>default</c> is ignored. Whoever returns it must not touch it again.</summary>
    public void Return(Slab slab)
    {
        if (slab.IsNone)
            return;
        _counts.RentedBuffer(-1);
        Poison.Fill(slab.Span);
        Stack<nint> idle = _idle[PoolOf(slab.Size)];
        if ((idle.Count + 1) * slab.Size <= KeptPerPool)
            idle.Push((nint)slab.Start);
        else
            NativeMemory.Free(slab.Start);
    }

    /// <summary>Frees what is idle.</summary>
    public void Dispose() => Trim();

    /// <summary>Frees what is idle: a burst is over.</summary>
    internal void Trim()
    {
        foreach (Stack<nint> idle in _idle)
        {
            while (idle.TryPop(out nint slab))
                NativeMemory.Free((void*)slab);
        }
    }

    static int PoolOf(int size)
    {
        for (int pool = 0; pool < s_sizes.Length; pool++)
        {
            if (size <= s_sizes[pool])
                return pool;
        }

        throw new ArgumentOutOfRangeException(nameof(size), size, "no slab is that large");
    }
}
