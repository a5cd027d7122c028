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
    readonly Dictionary<TlsTarget, List<nint>> _byTarget = [];

    /// <summary>Keeps a session; its reference becomes the pool's.</summary>
    internal void Add(TlsTarget target, nint session)
    {
        TlsObjects.CountSession(1);
        lock (_lock)
        {
            List<nint> kept = KeptFor(target);
            if (kept.Count == SessionsPerTarget)
            {
                Free(kept[0]);
                kept.RemoveAt(0);
            }
            kept.Add(session);
        }
    }

    /// <summary>The newest session to resume, with a reference for the caller; 0 for none.</summary>
    internal nint Take(TlsTarget target)
    {
        lock (_lock)
        {
            nint session = _byTarget.TryGetValue(target, out List<nint>? kept) ? TakeFrom(kept) : 0;
            if (kept is { Count: 0 })
                _byTarget.Remove(target);
            return session;
        }
    }

    internal void Clear()
    {
        lock (_lock)
        {
            foreach (List<nint> kept in _byTarget.Values)
                kept.ForEach(Free);
            _byTarget.Clear();
        }
    }

    List<nint> KeptFor(TlsTarget target)
    {
        if (_byTarget.TryGetValue(target, out List<nint>? kept))
            return kept;
        if (_byTarget.Count == MaxTargets)
            ForgetOneTarget();
        return _byTarget[target] = [];
    }

    void ForgetOneTarget()
    {
        (TlsTarget any, List<nint> kept) = _byTarget.First();
        kept.ForEach(Free);
        _byTarget.Remove(any);
    }

    static nint TakeFrom(List<nint> kept)
    {
        while (kept.Count > 0)
        {
            nint session = kept[^1];
            if (IsUsable(session) && !IsUsedOnce(session) && LibSsl.SSL_SESSION_up_ref(session) == 1)
                return session;
            kept.RemoveAt(kept.Count - 1);
            if (IsUsable(session))
            {
                TlsObjects.CountSession(-1);
                return session;
            }
            Free(session);
        }
        return 0;
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
}
