namespace SmtpTlsProxy.Transport.Legs;

/// <summary>Is told, on the loop, whose turn it is in a handshake. It begins as the peer's.</summary>
public interface IHandshakeWatch
{
    /// <summary>It is the peer's turn. <paramref name="answered"/>: it had said all that was asked; otherwise it has waited since before.</summary>
    void Waits(bool answered);

    /// <summary>The peer's octets are there; the arithmetic is our turn, however long it waits for it.</summary>
    void Works();
}
