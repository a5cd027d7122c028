namespace SmtpTlsProxy.Transport.Loops;

static class TaskExtensions
{
    /// <summary>The result of a task that has completed: the loop's own thread must not wait for one.</summary>
    internal static T Told<T>(this Task<T> task)
    {
        Assert.True(task.IsCompleted, "not completed");
        return task.GetAwaiter().GetResult();
    }
}
