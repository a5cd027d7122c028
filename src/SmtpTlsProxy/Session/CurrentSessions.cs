namespace SmtpTlsProxy.Session;

/// <summary>
/// The routes that a session which begins now takes. One reference: a reload is seen whole or not at all, and a session keeps the route it began with.
/// The routes of before are not disposed: sessions on them may upgrade yet. Their contexts go with the last of them, by finalizers.
/// </summary>
sealed class CurrentSessions(ProxySessions first)
{
    volatile ProxySessions _now = first;

    public ProxySessions Now => _now;

    public SessionRoute RouteOf(string listener) => _now.RouteOf(listener);

    public void Become(ProxySessions next) => _now = next;
}
