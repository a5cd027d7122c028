using SmtpTlsProxy.Reference;

namespace SmtpTlsProxy.Fuzz;

/// <summary>A whole talk on both legs, as <see cref="TalkInput"/> reads it.</summary>
static class DialogueTarget
{
    public static void Run(byte[] input)
    {
        (TalkSetup setup, List<TalkEvent> events) = TalkInput.Read(input);
        TalkEvent.Run(setup, events);
    }
}
