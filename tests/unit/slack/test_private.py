"""What only the person who asked can see."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.approval import Refusal
from bot.core.errors import (
    FormError,
    NotPermittedError,
    ProviderAuthError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
    StorageUnavailableError,
    TransitionNotAllowedError,
    UnknownProductionError,
)
from bot.providers.base import Link
from bot.slack.ids import UnreadableIdError
from bot.slack.views.private import (
    build_asked,
    build_broken,
    build_error,
    build_link_answer,
    build_no_service,
    build_replaced,
    build_too_slow,
    may_not_request_words,
)
from tests.unit.slack.factory import EVERY_STATE, NOW, make_face, make_production

AT = "<!date^1795341720^{date_short_pretty} at {time}|22 Nov 10:02 UTC>"
CARD = (
    "<https://slack.com/app_redirect?team=T0GREEN&amp;channel=C0MARKETING"
    "&amp;message_ts=1700000000.000100|the current card>"
)
ANYBODY = "any full member of this workspace"


def words(error, production=None, **face):
    """Give what an error says."""
    production = production or EVERY_STATE["approved"]
    return build_error(error, production, make_face(**face))["text"]


@pytest.mark.parametrize("refusal", Refusal)
def test_refusal_says_what_was_wrong_and_whom_to_ask(refusal):
    """Each reason has words of its own and leaves nobody without a next step."""
    said = {other: words(NotPermittedError(other)) for other in Refusal}
    assert len(set(said.values())) == len(Refusal)
    if refusal not in {Refusal.UNKNOWN, Refusal.BOT, Refusal.DEACTIVATED}:
        assert "Ask" in said[refusal]


def test_refusal_names_who_may():
    """Whoever may not is told who may."""
    assert words(NotPermittedError(Refusal.NOT_LISTED)) == (
        "You may not decide on this video; <!subteam^S0PRODUCERS>, <@U0BO> or <@U0ANA> may. "
        "Ask in the thread."
    )
    assert ANYBODY in words(NotPermittedError(Refusal.GUEST), approver_ids=())


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (
            "too_late",
            (
                f"Too late: “Autumn range” is Awaiting approval since {AT}. "
                f"Nothing was changed. See {CARD}."
            ),
        ),
        (
            "not_listed",
            f"This file of “Autumn range” is not listed any more, so nobody can be handed it. See {CARD}.",
        ),
        ("decided", "Already decided: <@U0BO> approved “Autumn range”. Nothing was changed."),
        ("undecided", "There is no decision on “Autumn range” to change any more."),
        (
            "nothing_to_watch",
            "“Autumn range” can't be approved: there is nothing of it to watch.",
        ),
        ("already_asked", "<@U0BO> has already asked for “Autumn range” to be cancelled."),
        (
            "job_taken",
            "That video at JARAI is followed by another thread already. Nothing was changed.",
        ),
    ],
)
def test_command_that_does_not_fit_is_explained(why, said):
    """The person learns what happened meanwhile and that nothing was changed."""
    assert words(TransitionNotAllowedError(why, by_id="U0BO")) == said


def test_button_of_an_older_version_names_the_newer_one():
    """And leads to its card."""
    approved = EVERY_STATE["approved"]
    newer = replace(approved, attempt=replace(approved.attempt, number=2))
    assert words(TransitionNotAllowedError("superseded"), newer) == (
        f"This button belongs to a version of “Autumn range” that was superseded by v2. See {CARD}."
    )


def test_card_not_posted_yet_is_not_linked():
    """There is no way to a card that does not exist."""
    production = make_production(card_ts=None)
    assert "slack.com" not in words(TransitionNotAllowedError("too_late"), production)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UnreadableIdError("x"), "from another version of this bot"),
        (StorageUnavailableError("x"), "Not recorded, nothing was changed. Try again in a minute."),
        (UnknownProductionError("x"), "There is no such video here."),
        (ProviderUnavailableError("503 x"), "JARAI can't be reached right now."),
        (ProviderAuthError("401"), "an admin has to fix it"),
        (ProviderRefusedError("no such job"), "JARAI said no: no such job. Nothing was changed."),
        (ProviderReplyError("x", sample="secret"), "answered something we don't understand"),
        (FormError({"topic": "x"}), "nothing was changed"),
    ],
)
def test_error_says_what_happened_and_what_to_do(error, said):
    """No error is shown as a code or a stack."""
    assert said in words(error)
    assert "secret" not in words(error)


def test_errors_can_be_said_without_the_production():
    """Even when nothing can be loaded the person gets an answer."""
    assert build_error(NotPermittedError(Refusal.BOT), None, None)["text"]


def test_old_card_leads_to_the_new_one():
    """A click on a replaced card does nothing but show the way."""
    text = build_replaced(EVERY_STATE["queued"])["text"]
    assert text == f"This card was replaced, so nothing was done. See {CARD}."


def test_link_is_for_one_person_and_for_a_while():
    """A fresh link says until when it works, and stays out of the text."""
    link = Link(url="https://store.example/v?sig=x", expires_at=NOW + timedelta(hours=1))
    message = build_link_answer(EVERY_STATE["awaiting"], key="v1", link=link)
    assert message["text"] == (
        "Video of “Autumn range”, for you. It works until "
        "<!date^1795345320^{time}|22 Nov 11:02 UTC>. Download gives a new one."
    )
    assert message["blocks"][0]["accessory"]["url"] == link.url


@pytest.mark.parametrize("url", ["https://store.example/v?sig=" + "x" * 3000, "ftp://x/y"])
def test_address_that_slack_takes_for_no_button_is_said_in_words(url):
    """Without a button the person still learns what to do."""
    message = build_link_answer(
        EVERY_STATE["awaiting"], key="v1", link=Link(url=url, expires_at=None)
    )
    assert "Open the file at the service" in message["text"]
    assert "accessory" not in message["blocks"][0]


def test_whoever_may_not_ask_for_a_video_learns_who_may():
    """Each reason has words of its own; outsiders learn whom to ask."""
    reasons = (Refusal.BOT, Refusal.DEACTIVATED, Refusal.STRANGER, Refusal.GUEST, Refusal.UNKNOWN)
    assert len({may_not_request_words(why) for why in reasons}) == len(reasons)
    for why in (Refusal.GUEST, Refusal.STRANGER):
        assert "full members of this workspace may" in may_not_request_words(why)
        assert "Ask one of them" in may_not_request_words(why)


def test_our_own_error_is_admitted_with_a_reference():
    """Whoever looks into it finds the log line by a short reference."""
    assert "reference `a1b2c3`" in build_broken("a1b2c3")["text"]


@pytest.mark.parametrize("message", [build_too_slow(), build_no_service()])
def test_other_answers_are_sentences(message):
    """Each private answer ends as a sentence does."""
    assert message["text"].endswith(".")


def test_recorded_command_points_to_the_thread():
    """A command given by id is confirmed; its outcome is told in the thread."""
    text = build_asked("cancel", EVERY_STATE["queued"])["text"]
    assert text == "Recorded: cancel “Autumn range”. Its thread shows what comes of it."


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("no_address", "PUBLIC_URL is not set. It is not lost."),
        ("copy_lost", "could not be copied before JARAI's link died"),
        ("copy_deleted", "files are kept for a limited time"),
    ],
)
def test_file_without_a_link_says_why(why, said):
    """What is missing, whether it is lost, and of which video."""
    told = words(TransitionNotAllowedError(why))
    assert said in told
    assert "“Autumn range”" in told
