"""Who may decide, retry and cancel. Fails closed, with the reason."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.errors import NotPermittedError
from bot.core.events import Command
from bot.core.production import ProductionRequest


class Refusal(StrEnum):
    """Why somebody may not; the words are in the views."""

    UNKNOWN = "unknown"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    STRANGER = "stranger"
    GUEST = "guest"
    NOT_A_MEMBER = "not_a_member"
    NOT_LISTED = "not_listed"
    NOT_INVOLVED = "not_involved"


@dataclass(frozen=True, kw_only=True)
class Person:
    """What Slack says of somebody at the moment of the click.

    Attributes:
        groups: Ids of the user groups that matter here and have this person.
    """

    user_id: str
    team_id: str
    is_bot: bool = False
    is_deactivated: bool = False
    is_guest: bool = False
    is_stranger: bool = False
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Who was named.

    Attributes:
        approvers: User and group ids; empty means every full member.
        on_call: User and group ids of the people on call; may be empty.
    """

    approvers: frozenset[str] = frozenset()
    on_call: frozenset[str] = frozenset()


DECIDING = frozenset({Command.APPROVE, Command.REJECT, Command.CHANGE_DECISION})


def check_may(
    command: Command, person: Person | None, *, policy: Policy, request: ProductionRequest
) -> None:
    """Let a person give a command, or raise.

    Raises:
        NotPermittedError: With a `Refusal`.
    """
    check = check_may_decide if command in DECIDING else check_may_steer
    check(person, policy=policy, team_id=request.team_id, requester_id=request.requester_id)


def check_may_request(person: Person | None, *, team_id: str | None) -> Person:
    """Let full members ask for a video, which costs money.

    Args:
        person: None where Slack could not be asked: nobody may.
        team_id: Our own workspace; None where Slack has not told which that is.

    Returns:
        The same person, known to be a full member.

    Raises:
        NotPermittedError: With a `Refusal`.
    """
    # Where we do not know who we are, we do not know who anybody is to us.
    return _full_member(person if team_id is not None else None, team_id=team_id or "")


def check_may_decide(
    person: Person | None, *, policy: Policy, team_id: str, requester_id: str
) -> None:
    """Let full members decide, or only those named; the requester may too.

    Args:
        person: None where Slack could not be asked: nobody may.
        team_id: The production's workspace.

    Raises:
        NotPermittedError: With a `Refusal`.
    """
    known = _full_member(person, team_id=team_id)
    is_named = not policy.approvers or _is_among(known, policy.approvers)
    if not is_named and known.user_id != requester_id:
        raise NotPermittedError(Refusal.NOT_LISTED)


def check_may_steer(
    person: Person | None, *, policy: Policy, team_id: str, requester_id: str
) -> None:
    """Let the requester, approvers and people on call retry, cancel and settle the unknown.

    Raises:
        NotPermittedError: With a `Refusal`.
    """
    known = _full_member(person, team_id=team_id)
    named = policy.approvers | policy.on_call
    is_open = not policy.approvers
    if not is_open and known.user_id != requester_id and not _is_among(known, named):
        raise NotPermittedError(Refusal.NOT_INVOLVED)


def check_may_share(person: Person | None, *, team_id: str) -> Person:
    """Let full members put a file into the thread, where everybody sees it and may save it.

    Args:
        person: None where Slack could not be asked: nobody may.
        team_id: The production's workspace.

    Returns:
        The same person, known to be a full member.

    Raises:
        NotPermittedError: With a `Refusal`.
    """
    try:
        return _full_member(person, team_id=team_id)
    except NotPermittedError as error:
        if error.why in {Refusal.STRANGER, Refusal.GUEST}:
            raise NotPermittedError(Refusal.NOT_A_MEMBER) from None
        raise


def _is_among(person: Person, named: frozenset[str]) -> bool:
    return person.user_id in named or bool(person.groups & named)


def _full_member(person: Person | None, *, team_id: str) -> Person:
    if person is None:
        raise NotPermittedError(Refusal.UNKNOWN)
    refusals = {
        Refusal.BOT: person.is_bot,
        Refusal.DEACTIVATED: person.is_deactivated,
        Refusal.STRANGER: person.is_stranger or person.team_id != team_id,
        Refusal.GUEST: person.is_guest,
    }
    for refusal, applies in refusals.items():
        if applies:
            raise NotPermittedError(refusal)
    return person
