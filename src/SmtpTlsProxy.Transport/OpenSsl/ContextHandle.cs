namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Runtime.InteropServices;

/// <summary>
/// Owns a context's SSL_CTXs: the first, and on a server those it switches to by name. Every connection holds a reference, so that a reload may dispose the
/// context at once:
/// a handshake begun before still finds the certificate that it asks for.
/// </summary>
sealed class ContextHandle : SafeHandle
{
    readonly List<nint> _all = [];

    internal ContextHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    internal nint Primary => handle;

    /// <summary>Sessions die with the context they belong to.</summary>
    internal SessionPool? Sessions { get; set; }

    /// <summary>Whose each leaf is that a context shows: OpenSSL's certificate to ours.</summary>
    internal Dictionary<nint, TlsCertificate> Leaves { get; } = [];

    internal nint Add(nint context)
    {
        TlsObjects.CountContext(1);
        _all.Add(context);
        if (handle == 0)
            SetHandle(context);
        return context;
    }

    protected override bool ReleaseHandle()
    {
        Sessions?.Clear();
        foreach (nint context in _all)
            LibSsl.SSL_CTX_free(context);
        TlsObjects.CountContext(-_all.Count);
        return true;
    }
}
