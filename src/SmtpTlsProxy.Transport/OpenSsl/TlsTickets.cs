namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>What makes contexts resume each other's sessions (rule 3.7).</summary>
/// <param name="Keys">What tickets are en- and decrypted with.</param>
/// <param name="Identity">
/// All that a session was agreed on under, in words: the listener, its versions and suites, whom it asks for certificates. A ticket of another identity
/// leads to a full handshake, so that a resumed session meets the policy that holds now.
/// </param>
public sealed record TlsTickets(TicketKeys Keys, string Identity);
