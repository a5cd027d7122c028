namespace SmtpTlsProxy.Transport.Sockets;

/// <summary>What a loop's epoll can tell something: a connection or a listening socket.</summary>
interface IEpollSource
{
    /// <summary>What epoll_wait(2) reported for it.</summary>
    void OnEvents(uint events);

    /// <summary>The loop ends: closes the descriptor.</summary>
    void LoopEnds();
}
