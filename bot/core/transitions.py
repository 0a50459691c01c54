"""The lifecycle as a table: every state, and what each piece of news or command makes of it.

Everything about states is in this file; the README's diagram is drawn from it. It holds no code.
"""

from collections.abc import Mapping

from bot.core.events import Command, News
from bot.core.production import LOOKED_AT, TERMINAL, State

S, N, C = State, News, Command

LOOKS: Mapping[News, State] = {
    N.QUEUED: S.QUEUED,
    N.PRODUCING: S.PRODUCING,
    N.AWAITING_APPROVAL: S.AWAITING_APPROVAL,
    N.DISTRIBUTING: S.DISTRIBUTING,
    N.COMPLETED: S.COMPLETED,
    N.FAILED: S.FAILED,
    N.CANCELLED: S.CANCELLED,
    N.REJECTED: S.REJECTED,
}
"""What a look can show."""

TABLE: Mapping[tuple[State, News | Command], State] = {
    # Before anything is sent.
    (S.REQUESTED, C.CANCEL): S.CANCELLED,
    (S.REQUESTED, N.CARD_REFUSED): S.FAILED,
    (S.REQUESTED, N.REFUSED): S.FAILED,
    (S.REQUESTED, N.SUBMISSION_BEGUN): S.SUBMITTING,
    (S.REQUESTED, N.DELAYED): S.REQUESTED,
    (S.REQUESTED, N.UNCLEAR): S.REQUESTED,
    # The one paid call.
    (S.SUBMITTING, N.ACCEPTED): S.QUEUED,
    (S.SUBMITTING, N.NOT_SENT): S.REQUESTED,
    (S.SUBMITTING, N.DELAYED): S.REQUESTED,
    (S.SUBMITTING, N.REFUSED): S.FAILED,
    (S.SUBMITTING, N.UNCERTAIN): S.SUBMISSION_UNKNOWN,
    (S.SUBMITTING, N.CANCELLED): S.CANCELLED,
    (S.SUBMITTING, C.CANCEL): S.SUBMITTING,
    # A person decides what an unknown outcome means; a late answer settles it too.
    (S.SUBMISSION_UNKNOWN, N.ACCEPTED): S.QUEUED,
    (S.SUBMISSION_UNKNOWN, C.LINK): S.QUEUED,
    (S.SUBMISSION_UNKNOWN, C.SUBMIT_AGAIN): S.REQUESTED,
    (S.SUBMISSION_UNKNOWN, C.GIVE_UP): S.CANCELLED,
    # The service works. Looks are samples, so jumps forward are normal.
    **{(S.QUEUED, news): state for news, state in LOOKS.items()},
    **{(S.PRODUCING, news): state for news, state in LOOKS.items() if news is not N.QUEUED},
    **{(S.AWAITING_APPROVAL, news): state for news, state in LOOKS.items() if news is not N.QUEUED},
    **{
        (S.DISTRIBUTING, news): LOOKS[news]
        for news in (N.DISTRIBUTING, N.COMPLETED, N.FAILED, N.CANCELLED, N.REJECTED)
    },
    **{
        (state, news): state
        for state in LOOKED_AT
        for news in (N.UNCLEAR, N.COLLECTING, N.COPYING, N.OVERDUE)
    },
    **{
        (state, kind): state
        for state in (S.QUEUED, S.PRODUCING, S.AWAITING_APPROVAL)
        for kind in (C.CANCEL, N.CANCEL_SENT, N.CANCEL_REFUSED)
    },
    (S.PRODUCING, N.STEP_DONE): S.PRODUCING,
    (S.AWAITING_APPROVAL, C.APPROVE): S.AWAITING_APPROVAL,
    (S.AWAITING_APPROVAL, C.REJECT): S.AWAITING_APPROVAL,
    (S.AWAITING_APPROVAL, C.CHANGE_DECISION): S.AWAITING_APPROVAL,
    # Ends. News of life re-opens all but a completed one.
    (S.FAILED, C.RETRY): S.REQUESTED,
    **{
        (state, news): LOOKS[news]
        for state in (S.FAILED, S.CANCELLED, S.REJECTED)
        for news in (N.QUEUED, N.PRODUCING, N.AWAITING_APPROVAL, N.DISTRIBUTING, N.COMPLETED)
    },
    (S.FAILED, N.FAILED): S.FAILED,
    (S.CANCELLED, N.CANCELLED): S.CANCELLED,
    (S.REJECTED, N.REJECTED): S.REJECTED,
    # Where the card lives, and what becomes of our copies, has nothing to do with the state.
    **{(state, N.CARD_POSTED): state for state in State},
    **{(state, N.FILES_DELETED): state for state in State},
}
"""What becomes of a state when something happens. Anything absent is decided by `STALE`."""

GATE: Mapping[tuple[State, Command], State] = {
    (S.AWAITING_APPROVAL, C.APPROVE): S.COMPLETED,
    (S.AWAITING_APPROVAL, C.REJECT): S.REJECTED,
}
"""What a decision does where the service has no approval of its own: it is the last word."""

WITHOUT_SERVICE: frozenset[tuple[State, Command]] = frozenset(
    {(S.REQUESTED, C.CANCEL), (S.SUBMISSION_UNKNOWN, C.GIVE_UP)}
)
"""What can be done while the service is switched off; all else would need it."""

_BEFORE_A_JOB = (S.REQUESTED, S.SUBMITTING, S.SUBMISSION_UNKNOWN)

STALE: frozenset[tuple[State, News]] = frozenset(
    {
        # Nothing has been sent, or we do not know: a look cannot have happened.
        *((state, news) for state in _BEFORE_A_JOB for news in LOOKS if news is not N.CANCELLED),
        (S.REQUESTED, N.CANCELLED),
        (S.SUBMISSION_UNKNOWN, N.CANCELLED),
        (S.REQUESTED, N.ACCEPTED),
        (S.REQUESTED, N.NOT_SENT),
        (S.REQUESTED, N.UNCERTAIN),
        *(
            (state, news)
            for state in _BEFORE_A_JOB
            for news in (N.COLLECTING, N.COPYING, N.CANCEL_SENT, N.CANCEL_REFUSED, N.OVERDUE)
        ),
        *((state, N.UNCLEAR) for state in (S.SUBMITTING, S.SUBMISSION_UNKNOWN)),
        (S.SUBMITTING, N.SUBMISSION_BEGUN),
        *(
            (S.SUBMISSION_UNKNOWN, news)
            for news in (N.SUBMISSION_BEGUN, N.NOT_SENT, N.DELAYED, N.REFUSED, N.UNCERTAIN)
        ),
        # A submission's outcome after the job is known, or after the end.
        *(
            (state, news)
            for state in (*LOOKED_AT, *TERMINAL)
            for news in (
                N.SUBMISSION_BEGUN,
                N.ACCEPTED,
                N.NOT_SENT,
                N.DELAYED,
                N.REFUSED,
                N.UNCERTAIN,
            )
        ),
        # A card that cannot be posted stops only what has not begun.
        *((state, N.CARD_REFUSED) for state in State if state is not S.REQUESTED),
        # A step says nothing about any other state.
        *((state, N.STEP_DONE) for state in State if state is not S.PRODUCING),
        # Steps back that no service has shown; its own word still appears on the card.
        (S.PRODUCING, N.QUEUED),
        (S.AWAITING_APPROVAL, N.QUEUED),
        *((S.DISTRIBUTING, news) for news in (N.QUEUED, N.PRODUCING, N.AWAITING_APPROVAL)),
        *((S.DISTRIBUTING, news) for news in (N.CANCEL_SENT, N.CANCEL_REFUSED)),
        # After the end.
        *((S.COMPLETED, news) for news in LOOKS),
        *((S.FAILED, news) for news in (N.CANCELLED, N.REJECTED)),
        *((S.CANCELLED, news) for news in (N.FAILED, N.REJECTED)),
        *((S.REJECTED, news) for news in (N.FAILED, N.CANCELLED)),
        *(
            (state, news)
            for state in TERMINAL
            for news in (
                N.UNCLEAR,
                N.COLLECTING,
                N.COPYING,
                N.OVERDUE,
                N.CANCEL_SENT,
                N.CANCEL_REFUSED,
            )
        ),
    }
)
"""News that comes too late or cannot be: recorded, and nothing changes."""
