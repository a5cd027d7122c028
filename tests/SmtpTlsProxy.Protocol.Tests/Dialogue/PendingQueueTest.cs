namespace SmtpTlsProxy.Protocol.Tests;

public class PendingQueueTest
{
    [Fact]
    public void PlacesLeaveInTheOrderTheyCame()
    {
        PendingQueue queue = new();
        int added = 0, taken = 0;
        bool wasFull = false;
        for (int round = 0; round < 300; round++)
        {
            for (int more = round % 7; more > 0 && !queue.IsFull; more--)
                queue.Add(new Pending { Octets = added++ });
            wasFull |= queue.IsFull;
            for (int less = round % 5; less > 0 && !queue.IsEmpty; less--)
                Assert.Equal(taken++, queue.Take().Octets);
            Assert.Equal(added - taken, queue.Count);
            if (!queue.IsEmpty)
                Assert.Equal((taken, added - 1), (queue.Head.Octets, queue.Tail.Octets));
        }
        Assert.True(wasFull);
    }
}
