using SmtpTlsProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// Chooses a destination among those that are available and were not tried. YARP's own policies ask for an HTTP request and count HTTP requests; these
/// count sessions. From all loops; nothing is allocated.
/// </summary>
sealed class Picker(LoadBalancing policy)
{
    const int OnStack = 64;

    int _turn;

    /// <summary>The next one's place in <paramref name="all"/> (in the order in which they were written); -1: none is left.</summary>
    public int Next(IReadOnlyList<DestinationState> available, Standing[] all, ReadOnlySpan<bool> tried)
    {
        Span<int> room = all.Length <= OnStack ? stackalloc int[OnStack] : new int[all.Length];
        int count = 0;
        for (int i = 0; i < all.Length; i++)
        {
            if (!tried[i] && IsAmong(available, all[i].Id))
                room[count++] = i;
        }
        return count == 0 ? -1 : Among(room[..count], all);
    }

    /// <summary>One is left.</summary>
    public static bool HasAny(IReadOnlyList<DestinationState> available, Standing[] all, ReadOnlySpan<bool> tried)
    {
        for (int i = 0; i < all.Length; i++)
        {
            if (!tried[i] && IsAmong(available, all[i].Id))
                return true;
        }
        return false;
    }

    int Among(ReadOnlySpan<int> left, Standing[] all) => policy switch
    {
        LoadBalancing.FirstHealthy => left[0],
        LoadBalancing.FirstAlphabetical => First(left, all),
        LoadBalancing.Random => left[Random.Shared.Next(left.Length)],
        LoadBalancing.RoundRobin => left[Turn(left.Length)],
        LoadBalancing.PowerOfTwoChoices => LighterOfTwo(left, all),
        _ => Lightest(left, all),
    };

    int Turn(int count) => (int)((uint)Interlocked.Increment(ref _turn) % (uint)count);

    static int First(ReadOnlySpan<int> left, Standing[] all)
    {
        int first = left[0];
        foreach (int i in left)
        {
            if (string.CompareOrdinal(all[i].Id, all[first].Id) < 0)
                first = i;
        }
        return first;
    }

    // The search begins elsewhere each time: where all are idle, the first would else be given everything.
    int Lightest(ReadOnlySpan<int> left, Standing[] all)
    {
        int start = Turn(left.Length);
        int lightest = left[start];
        for (int i = 1; i < left.Length; i++)
        {
            int other = left[(start + i) % left.Length];
            if (all[other].Sessions < all[lightest].Sessions)
                lightest = other;
        }
        return lightest;
    }

    static int LighterOfTwo(ReadOnlySpan<int> left, Standing[] all)
    {
        int one = Random.Shared.Next(left.Length);
        if (left.Length == 1)
            return left[0];
        int two = (one + 1 + Random.Shared.Next(left.Length - 1)) % left.Length;
        return all[left[two]].Sessions < all[left[one]].Sessions ? left[two] : left[one];
    }

    static bool IsAmong(IReadOnlyList<DestinationState> available, string id)
    {
        for (int i = 0; i < available.Count; i++)
        {
            if (available[i].DestinationId == id)
                return true;
        }
        return false;
    }
}
