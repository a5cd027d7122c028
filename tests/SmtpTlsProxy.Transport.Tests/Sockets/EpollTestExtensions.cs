namespace SmtpTlsProxy.Transport.Sockets;

static class EpollTestExtensions
{
    /// <summary>Where loopback has a say the test turns until it has; a turn wakes at once when something comes.</summary>
    internal static void TurnUntil(this EpollLoop loop, Func<bool> condition)
    {
        for (int turn = 0; !condition(); turn++)
        {
            Assert.True(turn < 1000, "the condition does not hold");
            loop.Turn(TimeSpan.FromMilliseconds(20));
        }
    }
}
