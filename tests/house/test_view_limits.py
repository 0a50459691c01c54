"""Whatever people, services and operators come up with, Slack takes every message and form.

The limits are checked by the local Slack, which was written from Slack's own reference and knows
nothing of the views.
"""

import json
import re
import string
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.errors import NotPermittedError, TransitionNotAllowedError
from bot.core.notices import Kind
from bot.core.production import (
    Answer,
    Attempt,
    Decision,
    Deliverable,
    Ending,
    Failure,
    Job,
    PendingCancel,
    Problem,
    Production,
    ProductionRequest,
    Progress,
    State,
    Verdict,
)
from bot.providers.base import Capabilities, Link
from bot.slack.ids import ButtonValue, Metadata
from bot.slack.views.card import build_card
from bot.slack.views.face import Face
from bot.slack.views.form import (
    Around,
    Filled,
    build_form,
    build_link_form,
    build_loading_form,
    build_reason_form,
    build_recorded_view,
)
from bot.slack.views.home import HomeLists, build_closed_home, build_home
from bot.slack.views.lists import build_help, build_list, build_status
from bot.slack.views.private import build_error, build_link_answer
from bot.slack.views.thread import build_merged_reply, build_reply
from tests.house.tree import ROOT
from tests.unit.slack.factory import EVERY_STATE, make_face, make_form
from twin.slack.checks import block_problems, view_problems

TEXT_MOST = 4000
MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

LONG = st.sampled_from(
    ["&<>" * 1500, "word " * 900, "\n" * 400, "👩‍👩‍👧" * 500, "", " ", "|*_`~^", "<!channel>"]
)
WORDS = st.text(max_size=40) | LONG
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
PEOPLE = st.sampled_from(["U0ANA", "W0BO", "S0GROUP", "", "<!channel>", "U" + "9" * 60])
PLACES = st.sampled_from(["C0MARKETING", "D0ANA", "nowhere", ""])
LABELS = st.sampled_from(["JARAI", "Ours & <Theirs>", "A service with a rather long name"])
KEYS = st.text(string.ascii_lowercase + "_", min_size=1, max_size=30)
ADDRESSES = st.sampled_from(
    ["https://x.example/d/1", "http://x", "javascript:x", "", "https://x/" + "y" * 4000, "nonsense"]
)
SMALL = st.integers(0, 10**12)


def maybe(strategy):
    """Let a value be missing."""
    return st.none() | strategy


DELIVERABLES = st.builds(
    Deliverable,
    key=WORDS,
    kind=st.sampled_from(["video", "captions"]) | WORDS,
    name=WORDS,
    platform=maybe(WORDS),
    language=maybe(WORDS),
    content_type=maybe(WORDS),
    size_bytes=maybe(SMALL),
)
REQUESTS = st.builds(
    ProductionRequest,
    provider=KEYS,
    topic=WORDS,
    team_id=st.just("T0GREEN"),
    channel_id=PLACES,
    requester_id=PEOPLE,
    answers=st.lists(
        st.builds(Answer, key=KEYS, label=WORDS, value=WORDS, shown=WORDS), max_size=12
    ).map(tuple),
)
PRODUCTIONS = st.builds(
    Production,
    id=st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=6, max_size=6),
    version=st.integers(1, 10**6),
    state=st.sampled_from(State),
    attempt=st.builds(
        Attempt,
        number=st.integers(1, 9999),
        request=REQUESTS,
        started_at=MOMENTS,
        job=maybe(st.builds(Job, job_id=WORDS, handle=st.just({}))),
    ),
    created_at=MOMENTS,
    state_since_at=MOMENTS,
    thread_ts=maybe(st.just("1700000000.000100")),
    card_ts=maybe(st.just("1700000000.000100")),
    provider_word=maybe(WORDS),
    progress=maybe(
        st.builds(
            Progress,
            stage=maybe(WORDS),
            step=maybe(WORDS),
            step_number=maybe(SMALL),
            total_steps=maybe(SMALL),
            percent=maybe(st.integers(0, 100)),
        )
    ),
    failure=maybe(
        st.builds(
            Failure,
            code=maybe(st.just("card_refused") | WORDS),
            text=WORDS,
            correlation_id=maybe(WORDS),
        )
    ),
    problem=maybe(
        st.builds(
            Problem,
            kind=st.sampled_from(["unreachable", "auth", "new"]),
            text=WORDS,
            since_at=MOMENTS,
            correlation_id=maybe(WORDS),
        )
    ),
    decision=maybe(
        st.builds(
            Decision,
            verdict=st.sampled_from(Verdict),
            user_id=PEOPLE,
            at=MOMENTS,
            attempt=st.just(1),
            reason=maybe(WORDS),
        )
    ),
    pending_cancel=maybe(st.builds(PendingCancel, user_id=PEOPLE, at=MOMENTS)),
    ending=maybe(st.builds(Ending, user_id=PEOPLE, at=MOMENTS, reason=maybe(WORDS))),
    collecting_since_at=maybe(MOMENTS),
    is_late=st.booleans(),
    deliverables=(
        st.lists(DELIVERABLES, max_size=6) | st.just([Deliverable(key="k", kind="", name="")] * 60)
    ).map(tuple),
)
FACES = st.builds(
    Face,
    label=LABELS,
    capabilities=st.builds(
        Capabilities,
        has_cancel=st.booleans(),
        decides_in_console=st.booleans(),
        reject_cancels=st.booleans(),
        retries_in_place=st.booleans(),
        finds_by_id=st.booleans(),
        has_percent=st.booleans(),
    ),
    console_url=maybe(ADDRESSES),
    links=st.dictionaries(WORDS, ADDRESSES, max_size=4) | st.just({"k": "https://x.example/1"}),
    approver_ids=st.lists(PEOPLE, max_size=40).map(tuple),
    on_call_ids=st.lists(PEOPLE, max_size=40).map(tuple),
)
DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "attempt": st.integers(1, 9),
        "state": st.sampled_from([state.value for state in State]) | WORDS,
        "actor_id": PEOPLE,
        "reason": WORDS,
        "verdict": st.sampled_from([verdict.value for verdict in Verdict]),
        "decided_by": PEOPLE,
    },
)
DELIVERED = (Deliverable(key="k", kind="video", name="autumn.mp4"),)
METADATA = Metadata(
    channel_id="C0MARKETING",
    provider="jarai",
    value=ButtonValue(production_id="7K3MQ2", attempt=1),
    thread_ts="1700000000.000100",
)


def check(message):
    """Want Slack to take a message, and nobody to be woken by what others wrote."""
    assert block_problems(message["blocks"]) == []
    assert message["text"].strip()
    assert len(message["text"]) <= TEXT_MOST
    assert "<!channel>" not in "".join([message["text"], *formatted(message["blocks"])])


def formatted(value):
    """List the texts in which Slack's signs have a meaning."""
    if isinstance(value, list):
        return [text for one in value for text in formatted(one)]
    if not isinstance(value, dict):
        return []
    if value.get("type") == "mrkdwn":
        return [value["text"]]
    return [text for one in value.values() for text in formatted(one)]


def check_view(view):
    """Want Slack to take a form."""
    assert view_problems(view) == []


@MANY
@given(PRODUCTIONS, FACES)
def test_every_card_fits(production, face):
    """Any production in any state makes a card that Slack takes."""
    check(build_card(production, face))


@MANY
@given(st.sampled_from(sorted(set(Kind) - {Kind.CARD})), PRODUCTIONS, DETAILS, FACES)
def test_every_reply_fits(kind, production, detail, face):
    """Any notice of any production makes a reply that Slack takes."""
    check(build_reply(kind, production, detail, face))


@MANY
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(set(Kind) - {Kind.CARD})), MOMENTS, DETAILS),
        min_size=1,
        max_size=20,
    ),
    PRODUCTIONS,
    FACES,
)
def test_every_merged_reply_fits(told, production, face):
    """Twenty late replies in one still fit."""
    check(build_merged_reply(told, production, face))


@MANY
@given(
    st.sampled_from(["open", "failed"]),
    st.lists(PRODUCTIONS, max_size=12, unique_by=lambda production: production.id),
    st.integers(0, 99),
    FACES,
)
def test_every_list_fits(listing, productions, page, face):
    """A full page of the longest productions fits."""
    check(build_list(listing, productions, page=page, face_of=lambda _: face, command="/produce"))


@MANY
@given(st.lists(PRODUCTIONS, max_size=12), FACES, WORDS)
def test_every_home_tab_fits(productions, face, words):
    """The fullest Home tab fits, and so does the one that only says why it is empty."""
    lists = HomeLists(waiting=productions, own=productions, finished=productions)
    check_view(build_home(lists, face_of=lambda _: face, command="/produce"))
    check_view(build_closed_home(words or "nothing"))


@MANY
@given(PRODUCTIONS, FACES, WORDS, ADDRESSES.filter(lambda url: url.startswith("https://x.")))
def test_every_private_answer_fits(production, face, words, url):
    """What one person is told fits too."""
    check(build_status(production, face))
    check(build_error(NotPermittedError(words), production, face))
    check(build_error(TransitionNotAllowedError(words, by_id=words), production, face))
    check(build_link_answer(production, key="k", link=Link(url=url, expires_at=None)))
    check(build_help("/produce"))


@MANY
@given(WORDS, LABELS, st.lists(WORDS, max_size=20), FACES)
def test_every_other_form_fits(topic, label, candidates, face):
    """The small forms are taken whatever they are about."""
    around, filled = Around(metadata=METADATA, label=label), Filled(values={"topic": topic})
    check_view(build_loading_form(around=around, filled=filled))
    check_view(build_loading_form(around=around, filled=filled, trouble=label))
    check_view(build_reason_form(metadata=METADATA, topic=topic, face=face))
    check_view(build_link_form(metadata=METADATA, topic=topic, label=label, candidates=candidates))
    check_view(build_recorded_view("7K3MQ2", command="/produce"))


def examples():
    """Build what Greenlight sends: cards, replies, lists, answers and forms."""
    face = make_face(links={one.key: "https://x.example/1" for one in DELIVERED})
    delivered = replace(EVERY_STATE["completed"], deliverables=DELIVERED)
    cards = [build_card(production, face) for production in [*EVERY_STATE.values(), delivered]]
    replies = [
        build_reply(kind, production, {}, face)
        for kind in sorted(set(Kind) - {Kind.CARD})
        for production in EVERY_STATE.values()
    ]
    forms = [
        build_form(
            make_form(),
            around=Around(metadata=METADATA, label="JARAI"),
            filled=Filled(),
            needs_channel=True,
        ),
        build_reason_form(metadata=METADATA, topic="x", face=face),
        build_link_form(metadata=METADATA, topic="x", label="JARAI", candidates=["job-1"]),
        build_recorded_view("7K3MQ2", command="/produce"),
    ]
    return [*cards, *replies, *forms, build_status(delivered, face), build_help("/produce")]


def types_in(value):
    """Collect the `type`s of everything inside."""
    if isinstance(value, list):
        return {kind for one in value for kind in types_in(one)}
    if not isinstance(value, dict):
        return set()
    inner = {kind for one in value.values() for kind in types_in(one)}
    return inner | ({value["type"]} if isinstance(value.get("type"), str) else set())


def test_good_samples_hold_every_type_that_is_sent():
    """Each block and element of Greenlight's is in a payload that the local Slack takes."""
    good = ROOT / "tests/samples/payloads/good"
    taken = types_in([json.loads(path.read_text(encoding="utf-8")) for path in good.glob("*.json")])
    views = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "bot/slack/views").glob("*.py")
    )
    sent = types_in(examples())
    assert {"header", "button", "static_select", "modal"} <= sent
    assert sent | set(re.findall(r'"type": "(\w+)"', views)) <= taken
