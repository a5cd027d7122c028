namespace SmtpTlsProxy.Protocol;

/// <summary>What is refused here and never goes upstream.</summary>
partial class Dialogue
{
    /// <summary>After STARTTLS, until EHLO or HELO was answered 2xx (rule 3.4).</summary>
    bool _awaitsHello;

    bool RejectsBareNewlines => _rules.BareNewlines == BareNewlines.Reject && (_rules.ReportOnly & ReportOnly.BareNewlines) == 0;

    bool OffersStartTls => !_client.IsTls && _rules.ClientTls is TlsMode.Opportunistic or TlsMode.Required;

    /// <summary>AUTH may pass on both legs (rules 1.3, 4.4).</summary>
    bool AllowsAuth => (_client.IsTls || _rules.AuthInClear) && _upstream.MayCarryAuth;

    EhloPolicy EhloPolicy => new(
        OffersStartTls,
        AllowsAuth,
        _client.IsTls && _upstream is { IsTls: true, IsVerified: true },
        _rules.MaxMessageSize,
        RejectsBareNewlines);

    /// <summary>Null for what may go on. 3.1 comes before 2.8 and 2.5.</summary>
    OwnReply? RefusalOf(Command command) =>
        EarlyRefusalOf(command.Traits) ?? command.Verb switch
        {
            // Rule 1.5.
            Verb.Lhlo => OwnReplies.NoLmtp,
            Verb.Auth => RefusalOfAuth(command),
            Verb.Mail => RefusalOfMail(command),
            Verb.Other when HiddenExtensions.IsHiddenCommand(command.Word) => Hidden(OwnReplies.NotOffered),
            _ => null,
        };

    /// <summary>Before TLS stands (3.1), and after STARTTLS before the client has said who it is anew (3.4).</summary>
    OwnReply? EarlyRefusalOf(VerbTraits traits)
    {
        if (MustStartTls(traits))
            return OwnReplies.MustStartTls;
        return _awaitsHello && (traits & VerbTraits.BeforeHello) == 0 ? OwnReplies.HelloFirst : null;
    }

    bool MustStartTls(VerbTraits traits)
    {
        if (_client.IsTls || _rules.ClientTls != TlsMode.Required || (traits & VerbTraits.BeforeTls) != 0)
            return false;
        bool refuses = (_rules.ReportOnly & ReportOnly.Required) == 0;
        _observer.Policy(ReportOnly.Required, refuses);
        return refuses;
    }

    OwnReply? RefusalOfAuth(Command command)
    {
        if (!AllowsAuth)
            return OwnReplies.AuthNeedsTls;
        // Rule 2.8: words as the sloppiest server splits them. A mechanism that was never offered is the server's to refuse.
        foreach (Range word in Words.Of(command.Rest))
            return _answer.IsMechanismRemoved(command.Rest[word]) ? Hidden(OwnReplies.MechanismNotOffered) : null;
        return null;
    }

    OwnReply? RefusalOfMail(Command command)
    {
        ReadOnlySpan<byte> parameters = MailParameters.Of(command.Rest);
        foreach (Range word in Words.Of(parameters))
        {
            ReadOnlySpan<byte> parameter = parameters[word];
            if (HiddenExtensions.IsHiddenMailParameter(parameter) || (_answer.RequireTlsHidden && HiddenExtensions.IsRequireTls(parameter)))
                return Hidden(OwnReplies.ParameterNotOffered);
        }
        return null;
    }

    OwnReply Hidden(OwnReply reply)
    {
        _observer.Violated(Violation.HiddenExtension, byClient: true);
        return reply;
    }

    /// <summary>Rules 2.8, 3.2.</summary>
    OwnReply? RefusalOfStartTls(Command command)
    {
        if (_client.IsTls)
        {
            _observer.StartTls(StartTlsEvent.AlreadyTls);
            return OwnReplies.AlreadyTls;
        }
        if (!OffersStartTls)
            return OwnReplies.StartTlsNotOffered;
        if (!command.Argument.IsEmpty)
            return OwnReplies.StartTlsParameter;
        if (_authenticated)
            return OwnReplies.StartTlsAfterAuth;
        return _rules.HasCertificate ? null : OwnReplies.NoCertificate;
    }

    /// <summary>Rule 3.2: an open transaction is reset upstream first; our 220 waits for the reply.</summary>
    ClientStep TakeStartTls(Command command, int consumed)
    {
        if (RefusalOfStartTls(command) is { } refusal)
            return Answer(Verb.StartTls, refusal, consumed);
        bool mustReset = _transaction.MailAccepted || IsUpstreamAsked(Verb.Mail);
        ClientStep step = mustReset ? Forward(Verb.Rset, Treatment.SwallowRset, "RSET\r\n"u8, consumed) : new ClientStep { Consumed = consumed };
        Owe(Verb.StartTls, Treatment.StartTls);
        Settle();
        return step;
    }

    /// <summary>The upstream owes a reply: to this verb, or to any.</summary>
    bool IsUpstreamAsked(Verb? verb = null)
    {
        for (int index = 0; index < _queue.Count; index++)
        {
            if (_queue[index].AwaitsUpstream && (verb is null || _queue[index].Verb == verb))
                return true;
        }
        return false;
    }
}
