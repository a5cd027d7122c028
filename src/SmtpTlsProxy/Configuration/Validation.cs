namespace SmtpTlsProxy.Configuration;

/// <summary>What the checks across sections look at, and where they report.</summary>
sealed record Validation(ProxyConfiguration Configuration, Settings Settings, Mistakes Mistakes, Machine Machine)
{
    public void Refuse(string path, string problem, string remedy) => Mistakes.Add(path, Settings.OriginOf(Written(path)), problem, remedy + FlagHint(path));

    public void Warn(string path, string problem, string remedy) => Mistakes.Warn(path, Settings.OriginOf(Written(path)), problem, remedy);

    /// <summary>Each listener with the upstream that it relays to.</summary>
    public IEnumerable<(ListenerConfiguration Listener, UpstreamConfiguration Upstream)> Routes =>
        from listener in Configuration.Listeners
        join upstream in Configuration.Upstreams on listener.Upstream equals upstream.Name
        select (listener, upstream);

    // A key that is missing is blamed on what it is missing from.
    string Written(string path)
    {
        while (!Settings.IsWritten(path) && path.Contains('.')) path = path[..path.LastIndexOf('.')];
        return path;
    }

    string FlagHint(string path) =>
        FlagSource.FlagOf(path) is { } flag && Settings.All.Any(setting => setting.Origin.Kind is OriginKind.Flag) ? $" (flag {flag})" : "";
}
