namespace SmtpTlsProxy.Transport.Loops;

using System.Threading.Tasks.Sources;

/// <summary>The value task behind <see cref="NextAsync"/>: no synchronization context, no execution context of its own, one continuation.</summary>
public sealed partial class Waiter : IValueTaskSource<Wake>
{
    Action<object?>? _continuation;
    object? _state;
    Wake _told;
    State _phase;
    short _token;

    enum State : byte
    {
        Idle,
        Waiting,
        Told,
    }

    internal bool IsWaiting => _phase == State.Waiting;

    ValueTaskSourceStatus IValueTaskSource<Wake>.GetStatus(short token)
    {
        Check(token);
        return _phase == State.Told ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;
    }

    void IValueTaskSource<Wake>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Check(token);
        if (_phase == State.Told)
        {
            // Told before anyone awaited: still not synchronously.
            Loop.TryPost(continuation, state);
            return;
        }

        _continuation = continuation;
        _state = state;
    }

    Wake IValueTaskSource<Wake>.GetResult(short token)
    {
        Check(token);
        if (_phase != State.Told)
            throw new InvalidOperationException("the wait has not ended");
        _phase = State.Idle;
        return _told;
    }

    short Begin()
    {
        if (_phase != State.Idle)
            throw new InvalidOperationException("a waiter has one wait at a time");
        _phase = State.Waiting;
        return ++_token;
    }

    void Complete(Wake wake)
    {
        _told = wake;
        _phase = State.Told;
        Action<object?>? continuation = _continuation;
        object? state = _state;
        _continuation = null;
        _state = null;
        continuation?.Invoke(state);
    }

    void Check(short token)
    {
        if (token != _token || _phase == State.Idle)
            throw new InvalidOperationException("a wait is awaited once");
    }
}
