namespace SmtpTlsProxy.Protocol;

/// <summary>Writes a reply line by line, with the server's own code, into a buffer that grows; the last line is known only at the end.</summary>
ref struct ReplyWriter(ref byte[] buffer, ReadOnlySpan<byte> code)
{
    readonly ReadOnlySpan<byte> _code = code;
    readonly ref byte[] _buffer = ref buffer;
    int _length, _separator;

    public void Line(scoped ReadOnlySpan<byte> text)
    {
        Begin();
        Add(text);
        End();
    }

    public void Begin()
    {
        Add(_code);
        Add("-"u8);
        _separator = _length - 1;
    }

    public void Add(scoped ReadOnlySpan<byte> octets)
    {
        if (_buffer.Length < _length + octets.Length)
            Array.Resize(ref _buffer, Math.Max(1024, (_length + octets.Length) * 2));
        octets.CopyTo(_buffer.AsSpan(_length));
        _length += octets.Length;
    }

    public void Add(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        number.TryFormat(digits, out int count);
        Add(digits[..count]);
    }

    public void End() => Add("\r\n"u8);

    /// <summary>Makes the last line the last, and says how long the reply is.</summary>
    public readonly int Done()
    {
        _buffer[_separator] = (byte)' ';
        return _length;
    }
}
