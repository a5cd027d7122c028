namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>
/// The answer of a certificate's OCSP responder that is shown with it (RFC 6066 section 8). Set by whoever fetches it, looked at in handshakes: none waits
/// for it.
/// </summary>
public sealed class OcspStaple
{
    volatile Shown? _shown;

    /// <summary>Shows it from now on, until then.</summary>
    public void Show(byte[] response, DateTimeOffset until, TimeProvider time) => _shown = new Shown(response, until, time);

    /// <summary>Shows none from now on: it is no longer true.</summary>
    public void Withdraw() => _shown = null;

    /// <summary>What is shown now; null for nothing, and for what is stale.</summary>
    public byte[]? Response => _shown is { } shown && shown.Time.GetUtcNow() < shown.Until ? shown.Response : null;

    sealed record Shown(byte[] Response, DateTimeOffset Until, TimeProvider Time);
}
