namespace SmtpTlsProxy.Transport.Loops;

/// <summary>Another thread than the loop's.</summary>
static class Elsewhere
{
    internal static T Run<T>(Func<T> work)
    {
        T result = default!;
        Thread thread = new(() => result = work());
        thread.Start();
        thread.Join();
        return result;
    }
}
