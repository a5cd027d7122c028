using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

/// <summary>What was said of a certificate.</summary>
enum RevocationStatus : byte
{
    /// <summary>Nobody answers, or there is nobody to ask.</summary>
    Unknown,
    Good,
    Revoked,
}

/// <summary>
/// Asks whether certificates were revoked: OCSP and CRLs over HTTP, as the certificates say, by .NET's chain. It blocks, so it belongs on the pool. Only
/// chains that were found good are asked about: the addresses in them are a trusted authority's. An answer holds for a while, for its leaf; all who
/// want the same one wait for the same question.
/// </summary>
sealed class RevocationCheck(VerifyConfiguration verify, TimeProvider time)
{
    /// <summary>How long an answer holds. Authorities give theirs for days; a process that runs for months must ask again.</summary>
    public static readonly TimeSpan Holds = TimeSpan.FromHours(1);

    /// <summary>Nobody's answer is asked for again soon, not by every session.</summary>
    public static readonly TimeSpan SilenceHolds = TimeSpan.FromMinutes(1);

    /// <summary>A question's own, whoever asks: an authority that does not answer must not cost every session of a minute all of its time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Leaves remembered; an upstream shows a few.</summary>
    const int Most = 256;

    readonly ConcurrentDictionary<string, Answer> _answers = [];
    readonly ConcurrentDictionary<string, Lazy<Task<RevocationStatus>>> _asked = [];

    /// <summary>Whether that matters, and what the result of a handshake becomes of what was said.</summary>
    public HandshakeResult Apply(HandshakeResult result, RevocationStatus status, bool enforced) => status switch
    {
        RevocationStatus.Revoked => Refused(result, HandshakeOutcome.Revoked, "the certificate, or one of its chain, was revoked", enforced),
        RevocationStatus.Unknown when verify.Revocation is Revocation.Hard => Refused(result, HandshakeOutcome.Untrusted, "nobody says whether it was revoked", enforced),
        RevocationStatus.Unknown => With(result, "nobody says whether it was revoked"),
        _ => With(result, "it was not revoked"),
    };

    /// <summary>The answer that still holds.</summary>
    public bool TryKnown(HandshakeResult result, out RevocationStatus status)
    {
        bool known = _answers.TryGetValue(KeyOf(result), out Answer answer) && time.GetTimestamp() < answer.Until;
        status = answer.Status;
        return known;
    }

    /// <summary>Asks, on the pool. Cancelling gives up one's own wait: others want the answer, and they may have more time.</summary>
    public async Task<RevocationStatus> AskAsync(HandshakeResult result, CancellationToken cancel)
    {
        string key = KeyOf(result);
        Lazy<Task<RevocationStatus>> question = _asked.GetOrAdd(key, _ => new(() => Task.Run(() => Ask(key, result.PeerChain), CancellationToken.None)));
        return await question.Value.WaitAsync(cancel);
    }

    RevocationStatus Ask(string key, IReadOnlyList<ReadOnlyMemory<byte>> chain)
    {
        RevocationStatus status = RevocationStatus.Unknown;
        try
        {
            status = Build(chain);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            // A certificate that .NET does not read, or a caFile that is gone: nobody can be asked
        }
        finally
        {   // a question that failed in a way not foreseen must not be everybody's answer from then on
            Keep(key, status);
            _asked.TryRemove(key, out _);
        }
        return status;
    }

    void Keep(string key, RevocationStatus status)
    {
        if (_answers.Count >= Most)
            _answers.Clear();
        TimeSpan holds = status is RevocationStatus.Unknown ? SilenceHolds : Holds;
        _answers[key] = new Answer(status, time.GetTimestamp() + (long)(holds.TotalSeconds * time.TimestampFrequency));
    }

    RevocationStatus Build(IReadOnlyList<ReadOnlyMemory<byte>> chain)
    {
        X509Certificate2[] shown = [.. chain.Select(der => X509CertificateLoader.LoadCertificate(der.Span))];
        X509Certificate2Collection authorities = [];
        using X509Chain built = new();
        try
        {
            if (verify.CaFile is { } file)
                authorities.ImportFromPemFile(file);
            Prepare(built.ChainPolicy, shown, authorities);
            built.Build(shown[0]);
            return StatusOf(built.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status));
        }
        finally
        {
            foreach (X509Certificate2 certificate in shown.Concat(authorities).Concat(built.ChainElements.Select(element => element.Certificate)))
                certificate.Dispose();
        }
    }

    void Prepare(X509ChainPolicy policy, X509Certificate2[] shown, X509Certificate2Collection authorities)
    {
        policy.RevocationMode = X509RevocationMode.Online;
        policy.RevocationFlag = X509RevocationFlag.ExcludeRoot;
        policy.UrlRetrievalTimeout = Patience;
        policy.DisableCertificateDownloads = true;
        policy.ExtraStore.AddRange(shown);
        if (verify.CaFile is null)
            return;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities);
    }

    // Where .NET finds no way to a root, it has asked nobody for the rest of the chain.
    static RevocationStatus StatusOf(X509ChainStatusFlags found)
    {
        const X509ChainStatusFlags unknown = X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation
            | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;
        if (found.HasFlag(X509ChainStatusFlags.Revoked))
            return RevocationStatus.Revoked;
        return (found & unknown) == 0 ? RevocationStatus.Good : RevocationStatus.Unknown;
    }

    static HandshakeResult With(HandshakeResult result, string more) => result with { Verdict = result.Verdict! with { Reason = $"{result.Verdict.Reason}, {more}" } };

    static HandshakeResult Refused(HandshakeResult result, HandshakeOutcome why, string reason, bool enforced) => result with
    {
        Outcome = enforced ? why : HandshakeOutcome.Ok,
        Verdict = result.Verdict! with { Result = why, Reason = reason },
        IsVerified = false,
        Detail = enforced ? reason : result.Detail,
    };

    static string KeyOf(HandshakeResult result) => Convert.ToHexString(SHA256.HashData(result.PeerChain[0].Span));

    readonly record struct Answer(RevocationStatus Status, long Until);
}
