using System.Globalization;
using System.Net;
using System.Text;

namespace SmtpTlsProxy.Admin;

/// <summary>The status for people: one page without script, drawn anew every ten seconds.</summary>
static class StatusPage
{
    const string Head = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="10"><meta name="viewport" content="width=device-width">
        <title>SmtpTlsProxy</title>
        <style>
        :root { color-scheme: light dark; }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.4rem; margin-bottom: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .3rem; }
        table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
        th { font-weight: 600; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
        .ready { color: #18794e; } .not_ready { color: #c0362c; } .draining { color: #ad5700; } .quiet { opacity: .7; }
        </style></head><body>

        """;

    public static string Render(StatusReport status)
    {
        StringBuilder page = new(Head);
        Summary(page, status);
        Listeners(page, status);
        Upstreams(page, status);
        Certificates(page, status);
        return page.Append("<p class=\"quiet\">The same as JSON: <a href=\"/status\">/status</a></p>\n</body></html>\n").ToString();
    }

    static void Summary(StringBuilder page, StatusReport status)
    {
        page.Append($"<h1>SmtpTlsProxy <span class=\"{status.State}\">{status.State.Replace('_', ' ')}</span></h1>\n");
        page.Append($"<p class=\"quiet\">{Text(status.Version)}, up since {Date(status.Started)}, {Number(status.Sessions)} sessions</p>\n");
        foreach (string why in status.WhyNotReady)
            page.Append($"<p class=\"{status.State}\">{Text(why)}</p>\n");
    }

    static void Listeners(StringBuilder page, StatusReport status)
    {
        Table(page, "Listeners", "Name", "Address", "TLS", "Upstream", "#Sessions", "#Limit", "#Messages", "#Encrypted in", "#Encrypted out");
        foreach (ListenerStatus one in status.Listeners)
        {
            Row(page, one.Name, string.Join(", ", one.Addresses), one.Tls, one.Upstream, "#" + Number(one.Sessions), "#" + Number(one.SessionsLimit),
                "#" + Number(one.Messages), "#" + Share(one.EncryptedFromClient, one.Messages), "#" + Share(one.EncryptedToUpstream, one.Messages));
        }
        page.Append("</table>\n");
    }

    static void Upstreams(StringBuilder page, StatusReport status)
    {
        Table(page, "Upstreams", "Name", "TLS", "Verified by", "Destination", "Address", "Health", "#Sessions");
        foreach (UpstreamStatus one in status.Upstreams)
        {
            foreach (DestinationStatus to in one.Destinations)
                Row(page, one.Name, one.Tls, one.Verify, to.Id, to.Address, to.Health, "#" + Number(to.Sessions));
        }
        page.Append("</table>\n");
    }

    static void Certificates(StringBuilder page, StatusReport status)
    {
        Table(page, "Certificates", "Name", "For", "Expires", "");
        foreach (CertificateStatus one in status.Certificates)
            Row(page, one.Name, string.Join(", ", one.DnsNames), one.NotAfter is { } end ? Date(end) : "", one.Problem ?? "");
        page.Append("</table>\n");
    }

    static void Table(StringBuilder page, string title, params ReadOnlySpan<string> columns)
    {
        page.Append($"<h2>{title}</h2>\n<table><tr>");
        foreach (string column in columns)
            Cell(page, "th", column);
        page.Append("</tr>\n");
    }

    static void Row(StringBuilder page, params ReadOnlySpan<string> cells)
    {
        page.Append("<tr>");
        foreach (string cell in cells)
            Cell(page, "td", cell);
        page.Append("</tr>\n");
    }

    // A leading # marks a number.
    static void Cell(StringBuilder page, string tag, string cell) =>
        page.Append(cell is ['#', ..] ? $"<{tag} class=\"n\">{Text(cell[1..])}</{tag}>" : $"<{tag}>{Text(cell)}</{tag}>");

    static string Text(string text) => WebUtility.HtmlEncode(text);

    static string Date(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    static string Share(long part, long whole) => whole == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.#} %");
}
