namespace SmtpTlsProxy.Protocol;

/// <summary>Words separated by any run of SP and TAB, as sloppy servers split them (rule 2.8).</summary>
static class Words
{
    public static Enumerator Of(ReadOnlySpan<byte> text) => new(text);

    internal ref struct Enumerator(ReadOnlySpan<byte> text)
    {
        readonly ReadOnlySpan<byte> _text = text;
        int _start, _end;

        public readonly Range Current => _start.._end;

        public readonly Enumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            int start = _text[_end..].IndexOfAnyExcept((byte)' ', (byte)'\t');
            if (start < 0)
                return false;
            _start = _end + start;
            int length = _text[_start..].IndexOfAny((byte)' ', (byte)'\t');
            _end = length < 0 ? _text.Length : _start + length;
            return true;
        }
    }
}
