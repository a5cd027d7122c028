namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

/// <summary>One listening socket, as Kestrel sees it: it binds and unbinds it. Connections go to the loops without it.</summary>
sealed class LoopListener : IConnectionListener
{
    readonly Acceptor _acceptor;
    readonly LoopEndPoint _at;

    LoopListener(Acceptor acceptor, LoopEndPoint at)
    {
        _acceptor = acceptor;
        _at = at;
        at.Bound = acceptor.EndPoint;
    }

    public EndPoint EndPoint => _at;

    internal static LoopListener Bind(LoopEndPoint at, LoopGroup loops)
    {
        try
        {
            return new LoopListener(Acceptor.Bind(loops.Accepting, at.Inner, at.Backlog, socket => new LoopConnection(at, loops.LeastLoaded(), socket).Start()), at);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException($"{at} is in use: {e.Message}", e);
        }
        catch (SocketException e)
        {
            throw new IOException($"{at} cannot be bound: {ReasonOf(e, at)}.", e);
        }
    }

    // .NET's sockets tell a path in a folder that does not exist as an address that is not ours.
    static string ReasonOf(SocketException e, LoopEndPoint at) =>
        at.Inner is UnixDomainSocketEndPoint && e.SocketErrorCode is SocketError.AddressNotAvailable ? "its folder does not exist" : e.Message;

    /// <summary>Never a connection; null once unbound, which ends Kestrel's loop in order. An exception would end it for good, so there is none.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        await _acceptor.Closed.ConfigureAwait(false);
        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => new(_acceptor.UnbindAsync());

    public ValueTask DisposeAsync() => UnbindAsync();
}
