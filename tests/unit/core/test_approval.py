"""Who may decide, retry and cancel."""

import pytest

from bot.core.approval import (
    Person,
    Policy,
    Refusal,
    check_may_decide,
    check_may_request,
    check_may_share,
    check_may_steer,
)
from bot.core.errors import NotPermittedError

EVERYBODY = Policy()
NAMED = Policy(approvers=frozenset({"U0BO", "S0PRODUCERS"}), on_call=frozenset({"S0ONCALL"}))


def person(user_id="U0MEI", **flags):
    """Make a full member of the workspace."""
    return Person(user_id=user_id, **({"team_id": "T0GREEN"} | flags))


def refusal(check, who, policy):
    """Give the reason somebody is refused, or None."""
    try:
        check(who, policy=policy, team_id="T0GREEN", requester_id="U0ANA")
    except NotPermittedError as error:
        return error.why
    return None


def ask(who, *, policy, team_id, requester_id):
    """Ask for a video, which no policy limits."""
    return check_may_request(who, team_id=team_id)


@pytest.mark.parametrize("check", [check_may_decide, check_may_steer, ask])
@pytest.mark.parametrize(
    ("who", "why"),
    [
        (None, Refusal.UNKNOWN),
        (person(is_bot=True), Refusal.BOT),
        (person(is_deactivated=True), Refusal.DEACTIVATED),
        (person(is_stranger=True), Refusal.STRANGER),
        (person(team_id="T0OTHER"), Refusal.STRANGER),
        (person(is_guest=True), Refusal.GUEST),
        (person(user_id="U0ANA", is_guest=True), Refusal.GUEST),
        (person(), None),
    ],
)
def test_only_full_members_of_this_workspace_may_act(check, who, why):
    """Guests, strangers, bots and people Slack cannot vouch for never may."""
    assert refusal(check, who, EVERYBODY) == why


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (None, Refusal.UNKNOWN),
        (person(is_bot=True), Refusal.BOT),
        (person(is_guest=True), Refusal.NOT_A_MEMBER),
        (person(is_stranger=True), Refusal.NOT_A_MEMBER),
        (person(team_id="T0OTHER"), Refusal.NOT_A_MEMBER),
    ],
)
def test_only_full_members_share(who, why):
    """What is in the thread may be saved by everybody there."""
    with pytest.raises(NotPermittedError) as caught:
        check_may_share(who, team_id="T0GREEN")
    assert caught.value.why == why
    assert check_may_share(person(), team_id="T0GREEN") == person()


def test_nobody_may_ask_while_our_own_workspace_is_unknown():
    """Without knowing who we are, nobody can be told to be one of us."""
    with pytest.raises(NotPermittedError) as caught:
        check_may_request(person(), team_id=None)
    assert caught.value.why == Refusal.UNKNOWN


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (person("U0BO"), None),
        (person("U0X", groups=frozenset({"S0PRODUCERS"})), None),
        (person("U0ANA"), None),
        (person("U0MEI"), Refusal.NOT_LISTED),
        (person("U0SAM", groups=frozenset({"S0ONCALL"})), Refusal.NOT_LISTED),
    ],
)
def test_named_approvers_and_the_requester_decide(who, why):
    """With a list, only those on it and the requester decide; on-call people do not."""
    assert refusal(check_may_decide, who, NAMED) == why


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (person("U0BO"), None),
        (person("U0ANA"), None),
        (person("U0SAM", groups=frozenset({"S0ONCALL"})), None),
        (person("U0MEI"), Refusal.NOT_INVOLVED),
    ],
)
def test_the_involved_steer(who, why):
    """Retry and cancel are for the requester, approvers and people on call."""
    assert refusal(check_may_steer, who, NAMED) == why
