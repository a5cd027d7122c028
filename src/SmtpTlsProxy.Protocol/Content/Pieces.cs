namespace SmtpTlsProxy.Protocol;

/// <summary>
/// Joins the small pieces that content with bare octets falls into: a step costs more than a short line, and whoever sends nothing but LFs
/// must not cost a step an octet. Long clean runs are not copied.
/// </summary>
static class Pieces
{
    const int Room = 16 * 1024;

    /// <summary>One a loop, not one a session: what is in it is written before anything else is scanned.</summary>
    [ThreadStatic]
    static byte[]? _octets;

    public static DataStep Gather(scoped ref NormalizingScanner scanner, ReadOnlySpan<byte> input)
    {
        DataStep step = scanner.Scan(input);
        return IsLast(step, input.Length) || step.Output.Length >= Room ? step : Gather(ref scanner, input, step);
    }

    static DataStep Gather(scoped ref NormalizingScanner scanner, ReadOnlySpan<byte> input, DataStep first)
    {
        Span<byte> octets = _octets ??= new byte[Room];
        DataStep step = first;
        int length = 0, consumed = 0;
        while (true)
        {
            step.Output.CopyTo(octets[length..]);
            length += step.Output.Length;
            consumed += step.Consumed;
            if (IsLast(step, input.Length - consumed + step.Consumed))
                break;
            NormalizingScanner before = scanner;
            step = scanner.Scan(input[consumed..]);
            if (step.Output.Length <= Room - length)
                continue;
            // It does not fit: as if it had not been scanned.
            scanner = before;
            step = default;
            break;
        }
        return new DataStep { Output = octets[..length], Consumed = consumed, NeedsMore = step.NeedsMore, BareFound = step.BareFound, EndLine = step.EndLine };
    }

    static bool IsLast(DataStep step, int offered) => step.Consumed == offered || step.NeedsMore || step.BareFound || step.Ended;
}
