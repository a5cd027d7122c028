namespace SmtpTlsProxy.Transport.Loops;

/// <summary>What one loop holds now; written on its thread only. Each change goes to <see cref="Live"/> too.</summary>
public sealed class LiveCounts
{
    int _sessions;

    /// <summary>Waiters entered and not left. May be read from any thread.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Descriptors of connections registered here.</summary>
    public int Sockets { get; private set; }

    /// <summary>OpenSSL's connection objects.</summary>
    public int TlsObjects { get; private set; }

    /// <summary>Slabs rented and not given back.</summary>
    public int RentedBuffers { get; private set; }

    /// <summary>Nothing is held.</summary>
    public bool IsZero => (Sessions | Sockets | TlsObjects | RentedBuffers) == 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Sessions} sessions, {Sockets} sockets, {TlsObjects} TLS objects, {RentedBuffers} rented buffers";

    internal void Session(int by)
    {
        Volatile.Write(ref _sessions, _sessions + by);
        Live.Session(by);
    }

    internal void Socket(int by)
    {
        Sockets += by;
        Live.Socket(by);
    }

    internal void TlsObject(int by)
    {
        TlsObjects += by;
        Live.TlsObject(by);
    }

    internal void RentedBuffer(int by)
    {
        RentedBuffers += by;
        Live.RentedBuffer(by);
    }
}
