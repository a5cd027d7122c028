namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>
/// A client context's sessions, kept by target (rule 4.8): name and verification are part of the key, so a session whose peer nobody verified resumes no
/// verified connection.
/// Shared by the loops; a lock is held for a push or a pop, once a handshake.
/// </summary>
sealed class SessionPool
{
    // Parallel sessions to one server each bring tickets, and a TLS 1.3 ticket is used once (RFC 8446 appendix C.4): with a single slot one in five resumes.
    internal const int SessionsPerTarget = 64;

    // Original destinations come without end.
    internal const int MaxTargets = 1024;

    readonly Lock _lock = new();
    readonly Dictionary<TlsTarget, List<Kept>> _byTarget = [];

    /// <summary>Keeps a session; its reference becomes the pool's.</summary>
    internal void Add(TlsTarget target, nint session, JudgedPeer peer)
    {
        TlsObjects.CountSession(1);
        lock (_lock)
        {
            List<Kept> kept = KeptFor(target);
            if (kept.Count == SessionsPerTarget)
            {
                Free(kept[0].Session);
                kept.RemoveAt(0);
            }
            kept.Add(new Kept(session, peer));
        }
    }

    /// <summary>The newest session to resume, with a reference for the caller; 0 for none. <paramref name="peer"/>: with whom it was agreed on.</summary>
    internal nint Take(TlsTarget target, out JudgedPeer? peer)
    {
        lock (_lock)
        {
            Kept taken = _byTarget.TryGetValue(target, out List<Kept>? kept) ? TakeFrom(kept) : default;
            if (kept is { Count: 0 })
                _byTarget.Remove(target);
            peer = taken.Peer;
            return taken.Session;
        }
    }

    internal void Clear()
    {
        lock (_lock)
        {
            foreach (List<Kept> kept in _byTarget.Values)
                kept.ForEach(one => Free(one.Session));
            _byTarget.Clear();
        }
    }

    List<Kept> KeptFor(TlsTarget target)
    {
        if (_byTarget.TryGetValue(target, out List<Kept>? kept))
            return kept;
        if (_byTarget.Count == MaxTargets)
            ForgetOneTarget();
        return _byTarget[target] = [];
    }

    void ForgetOneTarget()
    {
        (TlsTarget any, List<Kept> kept) = _byTarget.First();
        kept.ForEach(one => Free(one.Session));
        _byTarget.Remove(any);
    }

    static Kept TakeFrom(List<Kept> kept)
    {
        while (kept.Count > 0)
        {
            Kept newest = kept[^1];
            nint session = newest.Session;
            if (IsUsable(session) && !IsUsedOnce(session) && LibSsl.SSL_SESSION_up_ref(session) == 1)
                return newest;
            kept.RemoveAt(kept.Count - 1);
            if (IsUsable(session))
            {
                TlsObjects.CountSession(-1);
                return newest;
            }
            Free(session);
        }
        return default;
    }

    static bool IsUsedOnce(nint session) => LibSsl.SSL_SESSION_get_protocol_version(session) == SslConstants.TLS1_3_VERSION;

    // A resumption shows no certificate, so the one that was verified must not have expired since.
    static bool IsUsable(nint session)
    {
        nint peer = LibSsl.SSL_SESSION_get0_peer(session);
        return LibSsl.SSL_SESSION_is_resumable(session) == 1 && peer != 0 && LibCrypto.X509_cmp_current_time(LibCrypto.X509_get0_notAfter(peer)) > 0;
    }

    static void Free(nint session)
    {
        LibSsl.SSL_SESSION_free(session);
        TlsObjects.CountSession(-1);
    }

    readonly record struct Kept(nint Session, JudgedPeer? Peer);
}
