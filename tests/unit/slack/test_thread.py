"""What people read in the thread."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.notices import Kind
from bot.core.production import Copy, CopyState, Job, Problem, State
from bot.providers.base import Capabilities
from bot.slack.views.thread import build_merged_reply, build_reply
from tests.unit.slack.factory import (
    EVERY_STATE,
    FILES,
    GATE,
    HOSTILE,
    NOW,
    STUDIO,
    make_face,
    make_production,
    visible,
)

AT = "<!date^1795341720^{date_short_pretty} at {time}|22 Nov 10:02 UTC>"
DETAIL = {
    "attempt": 1,
    "state": "completed",
    "actor_id": "U0BO",
    "reason": "Wrong logo",
    "verdict": "reject",
    "decided_by": "U0BO",
}
LOST = tuple(
    replace(one, copy=Copy(state=CopyState.LOST, reason="It was gone."))
    if one.kind == "captions"
    else one
    for one in FILES
)
NONSENSE = make_production(
    State.PRODUCING,
    problem=Problem(kind="nonsense", text="", since_at=NOW, correlation_id="corr-9"),
)
WORDS = {
    Kind.REVIEW: (
        EVERY_STATE["awaiting"],
        (
            "<!subteam^S0PRODUCERS>, <@U0BO> and <@U0ANA>: “Autumn range” is ready for review. "
            "Watch it, then press Approve or Reject on the card. "
            f"Somebody with access then releases it {STUDIO}."
        ),
    ),
    Kind.APPROVED: (
        EVERY_STATE["approved"],
        (
            "<@U0BO> approved “Autumn range”. It is not released yet. "
            f"Somebody with access then releases it {STUDIO}."
        ),
    ),
    Kind.REJECTION: (
        EVERY_STATE["turned down"],
        (
            "<@U0ANA>: <@U0BO> rejected “Autumn range”. Reason: “Wrong logo”. "
            "To stop it for good, reject it in the Studio too."
        ),
    ),
    Kind.DECISION_WITHDRAWN: (
        EVERY_STATE["awaiting"],
        (
            "<!subteam^S0PRODUCERS> and <@U0BO>: <@U0BO> took the decision on “Autumn range” back. "
            "Please decide again: Approve or Reject on the card."
        ),
    ),
    Kind.RELEASED_UNASKED: (
        EVERY_STATE["completed"],
        (
            "<@U0ANA>: “Autumn range” was released in the Studio without a decision here. "
            "The card shows what became of it."
        ),
    ),
    Kind.AGAINST_DECISION: (
        EVERY_STATE["completed"],
        (
            "<@U0ANA> and <!subteam^S0ONCALL>: <@U0BO> rejected “Autumn range” here, "
            "but it was released in the Studio all the same."
        ),
    ),
    Kind.COMPLETED: (EVERY_STATE["completed"], "<@U0ANA>: “Autumn range” is published."),
    Kind.FAILED: (
        EVERY_STATE["failed"],
        (
            "<@U0ANA> and <!subteam^S0ONCALL>: “Autumn range” failed. "
            "JARAI could not finish it. It was not picked up. "
            f"We can't see from here whether it was charged; check {STUDIO}.\n"
            f"Failed at Visuals, step 6 of 15 (image analysis), {AT}. Tried once. "
            "It is not tried again by itself.\n"
            "Next: press Retry on the card to send the same request again as a new video, "
            "or Again with changes to alter it first."
        ),
    ),
    Kind.UNKNOWN: (
        EVERY_STATE["unknown"],
        (
            "<@U0ANA> and <!subteam^S0ONCALL>: we sent “Autumn range” to JARAI but don't know if it "
            f"arrived. No answer in 30 s. First check {STUDIO} "
            "whether it is there. Then choose on the card:\n"
            "• *Link existing*: it is there. Paste its id and we follow it; nothing is sent again.\n"
            "• *Submit again*: it is not there. If it turns up after all, the video is made and "
            "charged twice.\n"
            "• *Give up*: leave it. If it did arrive, JARAI still makes and charges it."
        ),
    ),
    Kind.LINKED: (
        EVERY_STATE["queued"],
        "<@U0BO> found “Autumn range” at JARAI. We follow it from here; nothing was sent again.",
    ),
    Kind.CANCELLED: (
        EVERY_STATE["cancelled"],
        (
            "“Autumn range” was cancelled. Stopped by <@U0ANA> "
            "<!date^1795341780^{date_short_pretty} at {time}|22 Nov 10:03 UTC>. "
            "What JARAI had already spent on it may be charged."
        ),
    ),
    Kind.REJECTED: (
        EVERY_STATE["rejected"],
        "<@U0ANA>: “Autumn range” was rejected by <@U0BO>. It will not be released.",
    ),
    Kind.CANCEL_TOO_LATE: (
        EVERY_STATE["producing"],
        "<@U0ANA>: too late to cancel “Autumn range”; JARAI goes on.",
    ),
    Kind.TRIED_AGAIN: (
        make_production(State.REQUESTED),
        (
            "<@U0BO> asks JARAI to try “Autumn range” again. "
            "It is the same job there, and may be charged again."
        ),
    ),
    Kind.NEXT_ATTEMPT: (
        make_production(State.REQUESTED, number=2),
        (
            "<@U0BO> sends “Autumn range” to JARAI again, as v1. "
            "Buttons of the version before no longer work."
        ),
    ),
    Kind.REOPENED: (
        EVERY_STATE["producing"],
        (
            "<@U0ANA> and <!subteam^S0ONCALL>: JARAI took up “Autumn range” again after it had "
            "ended. It is now: Completed."
        ),
    ),
    Kind.OVERDUE: (
        EVERY_STATE["queued"],
        (
            "<@U0ANA> and <!subteam^S0ONCALL>: “Autumn range” takes longer than usual (Completed). "
            "Nothing is lost and we keep following it. If it does not move within a few minutes, "
            f"look for it {STUDIO}."
        ),
    ),
    Kind.NONSENSE: (
        NONSENSE,
        (
            "<!subteam^S0ONCALL>: JARAI answers something we don't understand about “Autumn range” "
            "in <#C0MARKETING> since <!date^1795341720^{date_short_pretty} at {time}"
            "|22 Nov 10:02 UTC>. The card keeps the last state we know; we keep looking. "
            "The answer is kept for whoever looks into it."
        ),
    ),
    Kind.FILES_LOST: (
        replace(EVERY_STATE["completed"], deliverables=LOST),
        (
            "<@U0ANA> and <!subteam^S0ONCALL>: of “Autumn range” we could not keep Captions: "
            f"JARAI's link died before it was copied. Nothing else was lost. Check {STUDIO} "
            "whether it is still there; else it has to be made again, which is charged."
        ),
    ),
    Kind.CARD_REFUSED: (
        EVERY_STATE["failed"],
        (
            "<@U0ANA>: I could not post “Autumn range” in <#C0MARKETING>, so nothing was sent to "
            "JARAI and nothing was charged. See that I am in that channel, then ask for it again."
        ),
    ),
}
REPLIES = sorted(set(Kind) - {Kind.CARD})


def write(kind, production=None, detail=None, **face):
    """Write a reply."""
    production = production or WORDS[kind][0]
    return build_reply(kind, production, DETAIL if detail is None else detail, make_face(**face))


@pytest.mark.parametrize("kind", REPLIES)
def test_reply_says(kind):
    """Each kind of notice has its words, and they are the message's text as well."""
    message = write(kind)
    assert message["text"] == WORDS[kind][1]
    assert message["blocks"][0]["text"]["text"] == WORDS[kind][1]


@pytest.mark.parametrize("kind", REPLIES)
def test_reply_can_be_written_without_details(kind):
    """A row that knows nothing still becomes a message, never an error."""
    assert write(kind, detail={})["text"]


@pytest.mark.parametrize("kind", REPLIES)
def test_hostile_words_do_nothing(kind):
    """Neither topic nor reason can mention anybody or hide a link."""
    state = WORDS[kind][0].state
    message = write(
        kind,
        make_production(state, topic=HOSTILE, deliverables=FILES),
        DETAIL | {"reason": HOSTILE},
    )
    assert "<!channel>" not in str(message)
    assert "<http://evil" not in str(message)
    assert "&lt;!channel&gt;" in message["text"]


@pytest.mark.parametrize("kind", [Kind.REVIEW, Kind.COMPLETED])
def test_files_come_with_the_reply(kind):
    """Where people get something to watch, one line has each file as a link."""
    links = {"v1": "https://bot.example/d/1", "c1": "https://bot.example/d/2?a=b&c=d"}
    assert visible(write(kind, links=links)["blocks"]).splitlines()[1:] == [
        (
            "2 files to download: <https://bot.example/d/1|Video for LinkedIn>, "
            "<https://bot.example/d/2?a=b&amp;c=d|Captions>"
        )
    ]


@pytest.mark.parametrize("links", [{}, {"v1": "https://bot.example/d/1"}])
def test_files_without_links_are_fetched_from_the_card(links):
    """Where not every file has a link for all, the reply names them and says where to go."""
    assert visible(write(Kind.COMPLETED, links=links)["blocks"]).splitlines()[1:] == [
        "2 files: Video for LinkedIn, Captions. Download them from the card."
    ]


def test_one_file_is_no_plural():
    """A single file is called one."""
    production = make_production(State.COMPLETED, deliverables=FILES[:1])
    shown = visible(write(Kind.COMPLETED, production)["blocks"])
    assert shown.endswith("1 file: Captions. Download it from the card.")


def test_many_files_stay_one_line_that_holds():
    """Of a long list the first are named; addresses too long for a message are left out."""
    files = tuple(replace(FILES[1], key=f"v{number}") for number in range(12))
    production = make_production(State.COMPLETED, deliverables=files)
    short = {one.key: "https://bot.example/d/1" for one in files}
    line = write(Kind.COMPLETED, production, links=short)["blocks"][1]["text"]["text"]
    assert line.count("|Video for LinkedIn>") == 10
    assert line.endswith(" and 2 more")
    long = {one.key: "https://bot.example/d/" + "x" * 400 for one in files}
    line = write(Kind.COMPLETED, production, links=long)["blocks"][1]["text"]["text"]
    assert line.endswith(" and 2 more. Download them from the card.")


def test_file_words_cannot_end_their_link():
    """What the service calls a platform stays within the words of the link."""
    files = (replace(FILES[1], platform="X|Y> <!here>"),)
    production = make_production(State.COMPLETED, deliverables=files)
    message = write(Kind.COMPLETED, production, links={"v1": "https://bot.example/d/1"})
    assert message["blocks"][1]["text"]["text"] == (
        "1 file to download: <https://bot.example/d/1|Video for X Y&gt; &lt;!here&gt;>"
    )


@pytest.mark.parametrize("reason", ["Wrong logo.", "Wrong logo!", "Wrong logo…"])
def test_reason_that_is_a_sentence_gets_no_second_full_stop(reason):
    """What people write with a full stop keeps that one only."""
    text = write(Kind.REJECTION, detail=DETAIL | {"reason": reason})["text"]
    assert f"Reason: “{reason}” To stop it for good" in text


def test_topic_that_is_a_sentence_gets_no_second_full_stop():
    """A topic may end a sentence by itself."""
    production = make_production(State.COMPLETED, topic="New shoes!")
    assert write(Kind.APPROVED, production)["text"] == "<@U0BO> approved “New shoes!”"


def test_decision_taken_back_asks_the_requester_where_nobody_is_named():
    """Somebody always learns that it has to be decided again."""
    text = write(Kind.DECISION_WITHDRAWN, approver_ids=())["text"]
    assert text.startswith("<@U0ANA>: <@U0BO> took the decision")


def test_decision_taken_back_and_given_again_asks_nobody():
    """A reply that comes late asks nobody for what is decided."""
    text = write(Kind.DECISION_WITHDRAWN, EVERY_STATE["approved"])["text"]
    assert text == "<@U0BO> took the decision on “Autumn range” back."


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.REVIEW, "was ready for review"),
        (Kind.FAILED, "had failed"),
        (Kind.UNKNOWN, "did not know if it arrived"),
        (Kind.CANCELLED, "was cancelled"),
    ],
)
def test_late_reply_does_not_claim_what_no_longer_holds(kind, words):
    """A message that waited for Slack says that things have gone on."""
    text = write(kind, make_production(State.REQUESTED, number=2))["text"]
    assert words in text
    assert "it has gone on since" in text


@pytest.mark.parametrize("kind", [Kind.FAILED, Kind.UNKNOWN])
def test_references_stand_in_small_print(kind):
    """Code and correlation id are there for support, after the plain words."""
    production = WORDS[kind][0]
    small = visible(write(kind)["blocks"]).splitlines()[-1]
    assert small == (
        f"ID 7K3MQ2 · Code {production.failure.code} · "
        f"JARAI reference {production.failure.correlation_id}"
    )


def test_gate_approval_promises_no_release_elsewhere():
    """Where the decision here is all, nobody is sent to the Studio."""
    assert write(Kind.APPROVED, capabilities=GATE)["text"] == "<@U0BO> approved “Autumn range”."


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("cancelled", "was approved here, but JARAI cancelled it."),
        ("producing", "was approved here, but JARAI is working on it again."),
    ],
)
def test_service_going_against_an_approval_is_said(state, words):
    """An approval that the service did not follow is said aloud."""
    detail = {"attempt": 1, "state": state}
    assert words in write(Kind.AGAINST_DECISION, detail=detail)["text"]


def test_replies_that_came_late_are_one():
    """After an outage there is one list with times, then the newest in full."""
    told = [
        (Kind.NEXT_ATTEMPT, NOW, DETAIL),
        (Kind.REVIEW, NOW + timedelta(minutes=29), DETAIL),
    ]
    message = build_merged_reply(told, EVERY_STATE["awaiting"], make_face())
    intro = (
        "While Slack was unreachable: sent again <!date^1795341720^{time}|22 Nov 10:02 UTC>, "
        "ready for review <!date^1795343460^{time}|22 Nov 10:31 UTC>."
    )
    assert message["text"] == f"{intro} {WORDS[Kind.REVIEW][1]}"
    assert "2 files: " in visible(message["blocks"])


@pytest.mark.parametrize("kind", REPLIES)
def test_every_kind_can_be_merged(kind):
    """No kind is missing from the words of a merged reply."""
    message = build_merged_reply([(kind, NOW, DETAIL)] * 2, WORDS[kind][0], make_face())
    assert message["text"].startswith("While Slack was unreachable: ")


def test_a_retry_in_place_of_unknown_fate_speaks_of_the_job_that_is_there():
    """It was not lost: what is unknown is whether it was taken up again."""
    able = Capabilities(retries_in_place=True, finds_by_id=True)
    job = Job(job_id="j1", handle={})
    production = make_production(State.SUBMISSION_UNKNOWN, job=job)
    words = build_reply(Kind.UNKNOWN, production, {}, make_face(capabilities=able))["text"]
    assert "we asked JARAI to try “Autumn range” again but don't know if that arrived" in words
    assert "whether it is running again" in words
    assert "it is not there" not in words


def test_what_cannot_be_looked_up_is_not_to_be_linked():
    """The thread names the two ways that are left, and what giving up means there."""
    production = make_production(State.SUBMISSION_UNKNOWN)
    words = build_reply(Kind.UNKNOWN, production, {}, make_face(capabilities=Capabilities()))[
        "text"
    ]
    assert "Link existing" not in words
    assert "*Give up*: it can't be followed from here. Look for it at JARAI." in words


def test_a_job_taken_up_again_is_said_to_be_the_same():
    """Retry orders no new video where the service takes the old one up."""
    able = Capabilities(retries_in_place=True)
    face = make_face(capabilities=able)
    words = build_reply(Kind.FAILED, EVERY_STATE["failed"], {}, face)["text"]
    assert "to have JARAI take the same job up again" in words
    refused = make_production(State.FAILED, job=None)
    words = build_reply(Kind.FAILED, refused, {}, face)["text"]
    assert "as a new video" in words
