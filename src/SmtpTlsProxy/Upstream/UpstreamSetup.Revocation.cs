using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Upstream;

/// <summary>Whether the server's certificate was revoked: asked behind the handshake, before a word of the client's goes over the leg.</summary>
sealed partial class UpstreamSetup
{
    /// <summary>What becomes of the handshake. Where a pin has decided there is no authority to ask; a resumption is asked about as well.</summary>
    async ValueTask<HandshakeResult> WithRevocationAsync(HandshakeResult result)
    {
        if (tls.Revocation is not { } revocation || result is not { IsVerified: true, Verdict.Rule: "pkix" })
            return result;
        if (!revocation.TryKnown(result, out RevocationStatus status))
            status = await AskAsync(revocation, result);
        return revocation.Apply(result, status, tls.Enforces);
    }

    /// <summary>At most half of the time that is left: where it is soft the rest is for going on.</summary>
    async ValueTask<RevocationStatus> AskAsync(RevocationCheck revocation, HandshakeResult result)
    {
        Waiter waiter = leg.Waiter;
        TimeSpan half = errand.Remaining(upstream.Timeouts.Handshake) / 2;
        Deadline deadline = waiter.Loop.In(half < RevocationCheck.Patience ? half : RevocationCheck.Patience);
        ForeignWork<RevocationStatus> work = waiter.Loop.Foreign(waiter, cancel => revocation.AskAsync(result, cancel));
        while (!work.IsDone)
        {
            Wake wake = await waiter.NextAsync(deadline);
            if (work.IsDone || (!wake.IsTimer && !errand.IsAbandoned))
                continue;
            work.Cancel();
            return RevocationStatus.Unknown;
        }
        return work.Result;
    }
}
