using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

/// <summary>
/// Fetches the answers of OCSP responders for certificates that ask for it, off the loops: handshakes show what is there and wait for nothing. An answer is
/// looked into before it is shown, renewed when half its time is over, and no longer shown when it is stale.
/// </summary>
/// <param name="http">How responders are asked.</param>
/// <param name="time">The clock.</param>
/// <param name="told">What came of each attempt: certificate, result, words for the log.</param>
sealed class OcspStapler(HttpMessageInvoker http, TimeProvider time, Action<string, OcspResult, string> told) : IDisposable
{
    /// <summary>How long a responder may take, and how much it may say.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    const int MaxResponse = 64 * 1024;

    static readonly TimeSpan ShortestWait = TimeSpan.FromMinutes(1);
    static readonly TimeSpan LongestWait = TimeSpan.FromHours(12);

    /// <summary>How long an answer is shown that does not say until when it holds.</summary>
    static readonly TimeSpan Unlimited = TimeSpan.FromHours(1);

    readonly Lock _lock = new();
    Dictionary<TlsCertificate, CancellationTokenSource> _kept = [];
    bool _isOver;

    /// <summary>From now on these; what was fetched for one that stays is kept.</summary>
    public void Become(IReadOnlyList<CertificateConfiguration> configured, IReadOnlyList<TlsCertificate> usable)
    {
        HashSet<string> wanted = [.. configured.Where(certificate => certificate.Ocsp is Configuration.Ocsp.Staple).Select(certificate => certificate.Name)];
        lock (_lock)
        {
            if (_isOver)
                return;
            Dictionary<TlsCertificate, CancellationTokenSource> before = _kept;
            _kept = [];
            foreach (TlsCertificate certificate in usable.Where(certificate => wanted.Contains(certificate.Name)))
                _kept[certificate] = before.Remove(certificate, out CancellationTokenSource? goesOn) ? goesOn : Begin(certificate);
            foreach (CancellationTokenSource gone in before.Values)
                gone.Cancel();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            foreach (CancellationTokenSource kept in _kept.Values)
                kept.Cancel();
        }
        http.Dispose();
    }

    CancellationTokenSource Begin(TlsCertificate certificate)
    {
        CancellationTokenSource stop = new();
        if (certificate.ChainDer.Count < 2)
            told(certificate.Name, OcspResult.Failed, "the issuer is not in its file, so no answer can be checked");
        else if (ResponderOf(certificate) is not { } responder)
            told(certificate.Name, OcspResult.Failed, "it names no OCSP responder");
        else
            _ = Task.Run(() => KeepAsync(certificate, responder, stop.Token), CancellationToken.None);
        return stop;
    }

    async Task KeepAsync(TlsCertificate certificate, Uri responder, CancellationToken stop)
    {
        TimeSpan retry = ShortestWait;
        while (!stop.IsCancellationRequested)
        {
            (OcspResult result, TimeSpan next, string words) = await OnceAsync(certificate, responder, stop);
            if (stop.IsCancellationRequested)
                return;
            told(certificate.Name, result, words);
            TimeSpan wait = result is OcspResult.Ok ? next : retry;
            retry = result is OcspResult.Ok ? ShortestWait : Least(retry * 2, LongestWait);
            await Task.Delay(wait, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task<(OcspResult Result, TimeSpan Next, string Words)> OnceAsync(TlsCertificate certificate, Uri responder, CancellationToken stop)
    {
        try
        {
            byte[] leaf = certificate.ChainDer[0], issuer = certificate.ChainDer[1];
            byte[] response = await AskAsync(responder, Transport.OpenSsl.Ocsp.Request(leaf, issuer), stop);
            OcspAnswer answer = Transport.OpenSsl.Ocsp.Check(response, leaf, issuer);
            if (answer.Status is OcspStatus.Revoked)
            {
                certificate.Staple.Withdraw();
                return (OcspResult.Revoked, default, $"{responder.Host} says that it is revoked");
            }
            if (answer.Status is not OcspStatus.Good)
                return (OcspResult.Failed, default, $"the answer of {responder.Host} is of no use: {answer.Detail}");
            TimeSpan holds = answer.NextUpdate ?? Unlimited;
            certificate.Staple.Show(response, time.GetUtcNow() + holds, time);
            return (OcspResult.Ok, Least(holds / 2, LongestWait) is var half && half > ShortestWait ? half : ShortestWait, $"an answer is stapled, for {holds.TotalHours:F1} h");
        }
        catch (Exception e)
        {   // whatever a responder provokes: what is shown goes on, and the next attempt is as good
            return (OcspResult.Failed, default, $"{responder.Host} gives no answer: {(e is OperationCanceledException ? $"not within {Patience.TotalSeconds:F0} s" : e.Message)}");
        }
    }

    async Task<byte[]> AskAsync(Uri responder, byte[] request, CancellationToken stop)
    {
        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        using HttpRequestMessage post = new(HttpMethod.Post, responder) { Content = new ByteArrayContent(request) };
        post.Content.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
        using HttpResponseMessage response = await http.SendAsync(post, both.Token);
        response.EnsureSuccessStatusCode();
        await using Stream body = await response.Content.ReadAsStreamAsync(both.Token);
        byte[] octets = new byte[MaxResponse];
        int length = await body.ReadAtLeastAsync(octets, MaxResponse, throwOnEndOfStream: false, both.Token);
        return length < MaxResponse ? octets[..length] : throw new IOException($"the answer is longer than {MaxResponse} octets");
    }

    static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    static Uri? ResponderOf(TlsCertificate certificate)
    {
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(certificate.ChainDer[0]);
        return leaf.Extensions.OfType<X509AuthorityInformationAccessExtension>().SelectMany(access => access.EnumerateOcspUris())
            .Select(text => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is ("http" or "https") ? uri : null)
            .FirstOrDefault(uri => uri is not null);
    }
}

/// <summary>What came of asking a responder.</summary>
enum OcspResult : byte { Ok, Failed, Revoked }
