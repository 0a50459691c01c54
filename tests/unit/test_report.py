"""What an operator is shown: everything that helps at three in the morning, and no secret."""

import json
from dataclasses import replace

import pytest

from bot import report
from bot.core.events import Command, Event, News
from bot.core.production import Decision, Failure, Problem, Share, ShareState, State, Verdict
from tests.factories import NOW, later, make_deliverable, make_job, make_production, make_request


def make_event(number: int, kind: str, after: State, **overrides) -> Event:
    """Make a line of history."""
    values = {"production_id": "7K3MQ2", "at": later(number), "attempt": 1, "before": State.QUEUED}
    return Event(number=number, kind=kind, after=after, **(values | overrides))


HISTORY = [
    make_event(1, "requested", State.REQUESTED, before=None, actor_id="U0ANA"),
    make_event(2, "accepted", State.QUEUED, detail={"job_id": "job-1"}),
    make_event(3, "seen_failed", State.FAILED, detail={"code": "RENDER_FAILED"}),
    make_event(4, "retry", State.REQUESTED, attempt=2, actor_id="U0SAM"),
]
REJECTED = Decision(
    verdict=Verdict.REJECT, user_id="U0BO", at=NOW, attempt=1, reason="The logo is old."
)
FULL = Share(state=ShareState.REFUSED, at=NOW, reason="storage_limit_reached")
FAILED = make_production(
    State.FAILED,
    failure=Failure(code="RENDER_FAILED", text="Step 7 broke.", correlation_id="corr-7"),
)


def shown(production, events=HISTORY, decisions=(REJECTED,)) -> str:
    lines = report.show_as_lines(production, events=events, decisions=list(decisions))
    assert not any("\n" in line for line in lines)
    return "\n".join(lines)


@pytest.mark.parametrize("state", State)
def test_every_state_has_advice(state):
    """Whatever happened, somebody is told what may safely be done."""
    assert report.advice(make_production(state), HISTORY).endswith(".")


def test_a_problem_comes_first_in_the_advice():
    """While the service is away, waiting is the advice that matters."""
    problem = Problem(kind="unreachable", text="No answer.", since_at=NOW)
    production = make_production(State.PRODUCING, problem=problem)
    assert report.advice(production, HISTORY).startswith(report.PROBLEM_ADVICE)


def end_from(before: State, kind: str) -> list[Event]:
    """Give a history that ends in CANCELLED."""
    return [
        make_event(1, "uncertain", State.SUBMISSION_UNKNOWN, before=State.SUBMITTING),
        make_event(2, kind, State.CANCELLED, before=before, actor_id="U0SAM"),
        make_event(3, "step_done", State.CANCELLED, before=State.CANCELLED),
    ]


def test_what_was_given_up_may_still_cost_money():
    """Nobody knows whether the order arrived, so asking again may pay for it twice."""
    cancelled = make_production(State.CANCELLED)
    text = report.advice(cancelled, end_from(State.SUBMISSION_UNKNOWN, "give_up"))
    assert "may exist at the service and be charged" in text
    assert "cancel it there" in text
    assert "docs/runbooks/submission-unknown.md" in text
    shown_text = shown(cancelled, end_from(State.SUBMISSION_UNKNOWN, "give_up"))
    assert text in shown_text
    assert "Nothing to do" not in shown_text


def test_a_plain_cancellation_leaves_nothing_to_do():
    """An earlier doubt that was settled is not brought up again."""
    events = end_from(State.PRODUCING, "seen_cancelled")
    assert report.advice(make_production(State.CANCELLED), events).startswith("Nothing to do.")


def test_an_order_on_its_way_is_not_to_be_killed():
    """A kill is what makes its outcome unknown."""
    text = report.advice(make_production(State.SUBMITTING), HISTORY[:1])
    assert text == "Wait a minute. Killing it now may leave the outcome unknown."


@pytest.mark.parametrize("kind", [*News, *Command])
def test_events_are_named_for_people(kind):
    """No line of the history shows the program's own names."""
    (line,) = [
        one
        for one in shown(FAILED, [make_event(1, kind, State.FAILED)]).split("\n")
        if "  1  " in one
    ]
    assert "_" not in line


def test_every_moment_for_people_is_written_alike():
    """Attempts and history can be compared by eye."""
    text = shown(FAILED)
    assert "v1  2026-11-22 10:00:01Z  last: seen failed" in text
    assert "v2  2026-11-22 10:00:04Z  last: retry clicked" in text
    assert "+00:00" not in text


def test_a_failure_shows_its_code_and_correlation_id():
    """The service's support asks for both."""
    text = shown(FAILED)
    assert "Failure RENDER_FAILED: Step 7 broke." in text
    assert "correlation id corr-7" in text


def test_a_problem_shows_since_when():
    """How long it has lasted decides whether to call somebody."""
    problem = Problem(kind="unreachable", text="No answer.", since_at=NOW, correlation_id="c-1")
    text = shown(make_production(State.PRODUCING, problem=problem))
    assert "Problem unreachable since 2026-11-22 10:00:00Z: No answer." in text
    assert "correlation id c-1" in text


def test_history_names_what_happened_who_did_it_and_where_it_led():
    """Each event is one line, oldest first."""
    text = shown(FAILED).partition("History")[2]
    assert "v1  asked for by U0ANA" in text
    assert "seen failed -> failed  code=RENDER_FAILED" in text
    assert text.index("accepted") < text.index("seen failed") < text.index("retry clicked")


def test_attempts_are_read_from_the_history():
    """Each has its beginning, its job where it got one, and what happened to it last."""
    facts = report.show_as_json(FAILED, events=HISTORY, decisions=[])
    assert facts["attempts"] == [
        {
            "number": 1,
            "began_at": "2026-11-22T10:00:01+00:00",
            "job_id": "job-1",
            "last_event": "seen_failed",
            "last_state": "failed",
        },
        {
            "number": 2,
            "began_at": "2026-11-22T10:00:04+00:00",
            "job_id": None,
            "last_event": "retry",
            "last_state": "requested",
        },
    ]


def test_decisions_name_who_and_why():
    """Who rejected which attempt, and the reason they gave."""
    assert 'v1  reject by U0BO: "The logo is old."' in shown(FAILED)


def test_without_a_decision_it_says_none():
    """An empty heading would look like a fault."""
    assert "  none" in shown(FAILED, decisions=())


def test_secrets_are_not_shown():
    """A job's handle and a file's token open doors; neither is in the text or the JSON."""
    production = replace(
        make_production(State.COMPLETED, job=make_job(handle_secret="HANDLE-SECRET")),
        deliverables=(make_deliverable(token="TOKEN-SECRET", share=FULL),),
    )
    facts = report.show_as_json(production, events=HISTORY, decisions=[REJECTED])
    text = shown(production) + json.dumps(facts)
    assert "SECRET" not in text
    assert facts["deliverables"] == [
        {
            "key": "d1",
            "kind": "video",
            "name": "autumn.mp4",
            "copy": None,
            "sha256": None,
            "downloads": 0,
            "share": "refused",
            "share_reason": "storage_limit_reached",
        }
    ]


def test_control_characters_do_not_reach_the_terminal():
    """A topic is what somebody typed; it must not move the cursor or clear the screen."""
    production = make_production(request=make_request(topic="red\x1b[31m\r\nalert"))
    (line,) = report.list_as_lines([production])
    assert "\x1b" not in line
    assert "\r" not in line
    assert "\x1b" not in shown(production)


def test_the_json_of_a_list_has_no_nested_secrets():
    """A list is a summary: ids, state, topic, moments."""
    (one,) = report.list_as_json([FAILED])
    assert one["id"] == "7K3MQ2"
    assert one["created_at"] == "2026-11-22T10:00:00+00:00"
    assert not any(isinstance(value, dict | list) for value in one.values())


def test_an_empty_list_says_so():
    """Nothing at all would look like a fault."""
    assert report.list_as_lines([]) == ["There are no productions yet."]
