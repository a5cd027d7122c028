namespace SmtpTlsProxy.Cli.Probing;

/// <summary>What one intrusive test did, and what came of it.</summary>
/// <param name="Result">A word of the schema's.</param>
/// <param name="Exposed">The server is exposed; null: it could not be found out.</param>
/// <param name="Tested">What was sent, and what was not, in words.</param>
sealed record IntrusionTest(string Result, bool? Exposed, string Tested);

/// <summary>The intrusive tests. None of them completes a message, or could.</summary>
/// <param name="Injection">A command in one segment with STARTTLS (CVE-2011-0411 and its relatives); null where there is no STARTTLS.</param>
/// <param name="BareNewlines">Whether a bare LF ends a command.</param>
/// <param name="EndOfData">Whether a false end of data ends one (SMTP smuggling, 2023).</param>
/// <param name="Relay">Whether a stranger may send to a stranger.</param>
sealed record Intrusion(IntrusionTest? Injection, IntrusionTest BareNewlines, IntrusionTest EndOfData, IntrusionTest Relay);
