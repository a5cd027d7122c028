using System.Text;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Reference;

/// <summary>What may happen in a talk.</summary>
public enum TalkWhat
{
    Client,
    Upstream,

    /// <summary>The upstream answers one thing, if there is one to answer.</summary>
    Answer,

    /// <summary>The upstream answers all there is to answer.</summary>
    AnswerAll,
    Window,
    Timer,
    Drain,
    ClientEnd,
    UpstreamEnd,
}

/// <summary>One event; <paramref name="Number"/> is a choice, a window or a kind of end.</summary>
public sealed record TalkEvent(TalkWhat What, string Octets = "", int Number = 0)
{
    const int MostAnswers = 200;

    /// <summary>Lets them happen one after the other, and compares what was said with the reference.</summary>
    public static Transcript Run(TalkSetup setup, IEnumerable<TalkEvent> events)
    {
        Talk talk = new(setup);
        int answers = 0;
        try
        {
            foreach (TalkEvent next in events)
                next.Happen(talk, ref answers);
            return talk.Finish();
        }
        catch (Exception failure) when (failure is not MismatchException)
        {
            throw new MismatchException($"{failure}\n{talk.Said()}");
        }
    }

    void Happen(Talk talk, ref int answers)
    {
        switch (What)
        {
            case TalkWhat.Client: talk.Client(Encoding.Latin1.GetBytes(Octets)); break;
            case TalkWhat.Upstream: talk.Upstream(Encoding.Latin1.GetBytes(Octets)); break;
            case TalkWhat.Answer: Answer(talk, ref answers, 1); break;
            case TalkWhat.AnswerAll: Answer(talk, ref answers, MostAnswers); break;
            case TalkWhat.Window: talk.Window(Number is 255 ? long.MaxValue : Number); break;
            case TalkWhat.Timer: talk.Timer(); break;
            case TalkWhat.Drain: talk.Drain(); break;
            case TalkWhat.ClientEnd: talk.ClientEnds((InputEnd)(Number % 3)); break;
            case TalkWhat.UpstreamEnd: talk.UpstreamEnds((InputEnd)(Number % 3)); break;
        }
    }

    void Answer(Talk talk, ref int answers, int most)
    {
        for (int given = 0; given < most && talk.Unanswered() is { } what; given++)
            talk.Upstream(Encoding.Latin1.GetBytes(ScriptedUpstream.Answer(what, Number, ++answers)));
    }
}
