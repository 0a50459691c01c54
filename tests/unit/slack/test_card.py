"""What people read on the card, state by state."""

from dataclasses import replace

import pytest

from bot.core.events import Command
from bot.core.production import (
    PendingCancel,
    Problem,
    Progress,
    State,
    Verdict,
)
from bot.core.transitions import WITHOUT_SERVICE
from bot.providers.base import Capabilities
from bot.slack.views.card import build_card
from bot.slack.views.words import STATE_WORDS
from tests.unit.slack.factory import (
    CONSOLE,
    EVERY_STATE,
    FILES,
    GATE,
    HOSTILE,
    JOB_ID,
    NOW,
    STUDIO,
    buttons,
    make_decision,
    make_face,
    make_production,
    visible,
)

AT = "<!date^1795341720^{date_short_pretty} at {time}|22 Nov 10:02 UTC>"
AGO = "<!date^1795341720^{ago}|22 Nov 10:02 UTC>"

LINES = {
    "requested": "Sending to JARAI.",
    "submitting": "Sending to JARAI.",
    "unknown": "We sent this to JARAI but don't know if it arrived. "
    "Sending again could make and bill it twice.",
    "queued": f"In JARAI's queue since {AT}.",
    "producing": f"Visuals, step 6 of 15 (image analysis). Started {AGO}.",
    "awaiting": "Ready to review. <!subteam^S0PRODUCERS>, <@U0BO> or <@U0ANA> may decide. "
    f"Somebody with access then releases it {STUDIO}.",
    "approved": "Approved by <@U0BO>, not yet released in the Studio.",
    "turned down": "Rejected by <@U0BO>, but not stopped yet: "
    "somebody must reject it in the Studio too.",
    "distributing": f"Being published since {AT}.",
    "completed": f"Published {AT}.",
    "failed": "JARAI could not finish it. It was not picked up. "
    f"We can't see from here whether it was charged; check {STUDIO}.\n"
    f"Failed at Visuals, step 6 of 15 (image analysis), {AT}. Tried once. "
    "It is not tried again by itself.",
    "rejected": "It will not be released, and its download links no longer work.",
    "cancelled": "Stopped by <@U0ANA> <!date^1795341780^{date_short_pretty} at {time}"
    "|22 Nov 10:03 UTC>. What JARAI had already spent on it may be charged.",
}
BUTTONS = {
    "requested": ["Cancel"],
    "submitting": [],
    "unknown": ["Link existing", "Submit again", "Give up"],
    "queued": ["Cancel", "Open in Studio"],
    "producing": ["Cancel", "Open in Studio"],
    "awaiting": ["Approve", "Reject", "Open in Studio"],
    "approved": ["Open in Studio", "Change decision"],
    "turned down": ["Open in Studio", "Change decision"],
    "distributing": ["Open in Studio"],
    "completed": ["Again"],
    "failed": ["Retry", "Again with changes", "Open in Studio"],
    "rejected": ["Again"],
    "cancelled": ["Again"],
}
COSTLY = {"Cancel", "Submit again", "Give up", "Retry", "Change decision"}
FREE = {"Change decision"}


def draw(production, **face):
    """Draw a card and give its visible text."""
    return visible(build_card(production, make_face(**face))["blocks"])


def elements(production, **face):
    """List the buttons in the row, by their words."""
    blocks = build_card(production, make_face(**face))["blocks"]
    rows = [block for block in blocks if block["type"] == "actions"]
    return {one["text"]["text"]: one for row in rows for one in row["elements"]}


@pytest.mark.parametrize("name", EVERY_STATE)
def test_state_line_says_what_the_state_means(name):
    """Each state has a sentence of its own, under our word for it."""
    production = EVERY_STATE[name]
    assert f"*{STATE_WORDS[production.state]}*\n{LINES[name]}" in draw(production)


@pytest.mark.parametrize("name", EVERY_STATE)
def test_text_alone_tells_the_whole_story(name):
    """Notifications and screen readers get topic, requester, state and meaning."""
    production = EVERY_STATE[name]
    word = STATE_WORDS[production.state]
    assert build_card(production, make_face())["text"] == (
        f"The video “Autumn range” for <@U0ANA> is now: {word}. {LINES[name]}"
    )


@pytest.mark.parametrize("name", EVERY_STATE)
def test_buttons_are_those_that_make_sense_now(name):
    """A button is there only where pressing it can do something."""
    assert buttons(build_card(EVERY_STATE[name], make_face())["blocks"]) == BUTTONS[name]


@pytest.mark.parametrize("name", EVERY_STATE)
def test_no_id_of_the_service_is_shown(name):
    """People never see a raw id."""
    assert JOB_ID not in str(build_card(EVERY_STATE[name], make_face()))


@pytest.mark.parametrize("name", EVERY_STATE)
def test_costly_buttons_ask_first(name):
    """What costs or cannot be undone is confirmed, with the price in words."""
    for words, element in elements(EVERY_STATE[name]).items():
        assert ("confirm" in element) == (words in COSTLY), words
        if words in COSTLY - FREE:
            assert any(word in str(element["confirm"]) for word in ("charge", "charged"))


def test_whole_card_reads_from_title_to_small_print():
    """Title, who and what, state, files, buttons, small print: in this order."""
    assert draw(EVERY_STATE["awaiting"]) == (
        "Autumn range\n"
        "For <@U0ANA> · JARAI · English (UK)\n"
        f"*Awaiting approval*\n{LINES['awaiting']}\n"
        "*Video for LinkedIn*\nautumn-16x9.mp4 · 18 MB [Download]\n"
        "*Captions*\nautumn.vtt [Download]\n"
        "[Approve] [Reject] [Open in Studio]\n"
        "ID 7K3MQ2"
    )


def test_hostile_topic_is_shown_and_does_nothing():
    """A topic with Slack's signs stands as it was typed, in the title and in the text."""
    message = build_card(make_production(topic=HOSTILE), make_face())
    title = message["blocks"][0]["text"]
    assert title == {"type": "plain_text", "text": HOSTILE, "emoji": False}
    assert "“&lt;!channel&gt; \u2217x\u2217 &amp; &lt;http://evil|x&gt;”" in message["text"]


def test_notes_stay_off_the_card():
    """The script is nobody's business in the channel."""
    assert "Warm tone" not in str(build_card(EVERY_STATE["queued"], make_face()))


def test_decision_stays_with_who_when_and_why():
    """After the decision everybody can read whose it was."""
    shown = draw(EVERY_STATE["turned down"])
    assert f"Decision: rejected by <@U0BO>, {AT}. Reason: “Wrong logo”" in shown


def test_release_against_a_rejection_is_said():
    """A video that went out all the same does not hide it."""
    decision = make_decision(Verdict.REJECT)
    shown = draw(make_production(State.COMPLETED, deliverables=FILES, decision=decision))
    assert "It was released all the same." in shown


def test_nobody_approves_what_they_cannot_watch():
    """Without files there is no Approve, and the card says why."""
    production = make_production(State.AWAITING_APPROVAL)
    assert buttons(build_card(production, make_face())["blocks"]) == ["Reject", "Open in Studio"]
    assert "lists no files yet, so it can't be approved here" in draw(production)


def test_gate_service_never_speaks_of_a_release_elsewhere():
    """Where the decision here is the decision, the card does not send people away."""
    shown = draw(EVERY_STATE["awaiting"], capabilities=GATE)
    assert "Studio." not in shown
    assert f"Ready since {AT}." in draw(EVERY_STATE["completed"], capabilities=GATE)


def test_cancel_is_offered_only_where_the_service_can():
    """No button that is bound to fail."""
    face = make_face(capabilities=GATE)
    assert "Cancel" in buttons(build_card(EVERY_STATE["queued"], face)["blocks"])
    without = make_face(capabilities=type(GATE)())
    assert "Cancel" not in buttons(build_card(EVERY_STATE["queued"], without)["blocks"])


def test_studio_is_offered_only_where_there_is_something_to_see():
    """What could not be ordered is nowhere to be looked at."""
    refused = make_production(State.FAILED, job=None)
    assert buttons(build_card(refused, make_face())["blocks"]) == ["Retry", "Again with changes"]


def test_asked_cancel_shows_at_once():
    """The card says who asked, before the service has confirmed anything."""
    pending = PendingCancel(user_id="U0BO", at=NOW)
    shown = draw(make_production(State.PRODUCING, pending_cancel=pending))
    assert f"Cancelling, as <@U0BO> asked {AT}. JARAI has not confirmed it yet." in shown
    assert "[Cancel]" not in shown


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("unreachable", "can't be reached since"),
        ("nonsense", "something we don't understand since"),
        ("auth", "does not accept our key since"),
        ("missing", "does not know this video"),
        ("delayed", "asked us to look less often"),
        ("some later kind", "can't be reached since"),
    ],
)
def test_card_admits_that_it_may_lag_behind(kind, words):
    """While we see less than we would like, the card says so."""
    problem = Problem(kind=kind, text="", since_at=NOW)
    assert words in draw(make_production(State.PRODUCING, problem=problem))


def test_waiting_to_send_says_that_nothing_was_sent():
    """Before the paid call, trouble costs nothing, and the card says that."""
    problem = Problem(kind="unreachable", text="", since_at=NOW)
    shown = draw(make_production(State.REQUESTED, problem=problem))
    assert "can't be reached right now. Nothing has been sent yet; we keep trying." in shown


def test_late_state_is_called_late():
    """A state that outlived its deadline is said to take long."""
    assert "longer than usual: Queued since" in draw(make_production(is_late=True))


def test_percentage_is_shown_only_where_the_service_gives_one():
    """No made-up percentages: steps are steps."""
    steps = Progress(step_number=6, total_steps=15)
    assert "%" not in draw(make_production(State.PRODUCING, progress=steps))
    percent = Progress(percent=42)
    production = make_production(State.PRODUCING, progress=Progress(stage="Rendering", percent=42))
    assert "%" not in draw(make_production(State.PRODUCING, progress=percent))
    card = build_card(production, make_face(capabilities=Capabilities(has_percent=True)))
    shown = visible(card["blocks"])
    assert "Rendering, 42 %. Started" in shown
    assert f"`{'█' * 8}{'░' * 12}`" in shown
    assert shown.count("42") == 1
    assert "Rendering, 42 %" in card["text"]
    assert "█" not in card["text"]


@pytest.mark.parametrize(("percent", "shown"), [(0, "0 %"), (100, "100 %"), (140, "100 %")])
def test_a_percentage_stays_within_its_bar(percent, shown):
    """Nothing done and everything done both read well; nonsense is cut off."""
    production = make_production(State.PRODUCING, progress=Progress(percent=percent))
    card = build_card(production, make_face(capabilities=Capabilities(has_percent=True)))
    assert f"\n{shown}. Started" in visible(card["blocks"])
    assert visible(card["blocks"]).count("█") + visible(card["blocks"]).count("░") == 20


@pytest.mark.parametrize(
    ("word", "is_shown"), [("AwaitingApproval", False), ("awaiting_approval", False), ("OK!", True)]
)
def test_services_own_word_is_shown_where_it_differs(word, is_shown):
    """The same word twice would only be noise."""
    production = make_production(State.AWAITING_APPROVAL, provider_word=word)
    assert ("JARAI says “" in draw(production)) == is_shown


def test_later_attempt_shows_its_number():
    """A second version is called v2 in the small print."""
    assert "ID 7K3MQ2 · v2" in draw(make_production(number=2))


def test_public_link_makes_download_a_link():
    """With a public address Download opens it; without, the click is answered privately."""
    face = make_face(links={"v1": "https://bot.example/d/abc"})
    blocks = build_card(EVERY_STATE["awaiting"], face)["blocks"]
    video, captions = [block["accessory"] for block in blocks if "accessory" in block]
    assert (video["action_id"], video["url"]) == ("download_link", "https://bot.example/d/abc")
    assert (captions["action_id"], captions["value"]) == ("download", "2.7K3MQ2.1.1.c1")


def test_address_that_slack_would_refuse_is_no_link():
    """A download address that cannot be a button is handed out at the click instead."""
    blocks = build_card(EVERY_STATE["awaiting"], make_face(links={"v1": "nonsense"}))["blocks"]
    actions = [block["accessory"]["action_id"] for block in blocks if "accessory" in block]
    assert actions == ["download", "download"]


def test_file_whose_key_fits_no_button_is_still_listed():
    """A strange file costs its own button, not the whole card."""
    strange = replace(FILES[1], key="k" * 2000)
    shown = draw(make_production(State.COMPLETED, deliverables=(strange,)))
    assert "autumn-16x9.mp4 · 18 MB" in shown
    assert "[Download]" not in shown


@pytest.mark.parametrize(
    ("changes", "able", "facts"),
    [
        ({}, CONSOLE, f"Failed {AT}. Tried once. It is not"),
        ({"number": 3}, CONSOLE, f"Failed {AT}. Tried 3 times. It is not"),
        ({}, Capabilities(retries_in_place=True), f"Failed {AT}. It is not"),
        ({"progress": Progress(stage="Audio")}, CONSOLE, f"Failed at Audio, {AT}. Tried once."),
        (
            {"progress": Progress(step="building", percent=60)},
            Capabilities(has_percent=True),
            f"Failed at building, 60 %, {AT}.",
        ),
        ({"job": None}, CONSOLE, f"Failed {AT}. It is not"),
    ],
)
def test_failure_says_where_and_when_and_how_often_as_far_as_that_is_known(changes, able, facts):
    """Who is woken by it need not look anything up; a retry in place leaves no count."""
    production = make_production(State.FAILED, **changes)
    assert facts in draw(production, capabilities=able)


def test_refused_request_says_that_nothing_was_made():
    """Where the service never took the job, people need not wonder about money."""
    shown = draw(make_production(State.FAILED, job=None))
    assert "This could not be ordered from JARAI. It gave no reason. Nothing was made," in shown


def test_card_that_could_not_be_posted_says_that_nothing_was_charged():
    """A refused card stops the production before it costs anything."""
    failure = EVERY_STATE["failed"].failure
    refused = type(failure)(code="card_refused", text="not_in_channel")
    shown = draw(make_production(State.FAILED, job=None, failure=refused))
    assert "nothing was sent to JARAI and nothing was charged" in shown


def test_block_ids_change_with_every_version():
    """Slack asks for new block ids whenever a message changes."""
    older = build_card(make_production(version=7), make_face())["blocks"]
    newer = build_card(make_production(version=8), make_face())["blocks"]
    assert {one["block_id"] for one in older}.isdisjoint(one["block_id"] for one in newer)


@pytest.mark.parametrize(("reason", "shown"), [("Old logo", "“Old logo”."), ("Old.", "“Old.”")])
def test_reason_on_the_card_ends_with_one_full_stop(reason, shown):
    """The reason ends its sentence once, however it was written."""
    decision = make_decision(Verdict.REJECT, reason=reason)
    production = make_production(State.COMPLETED, decision=decision)
    assert f"Reason: {shown} It was released all the same." in draw(production)


def test_taking_a_decision_back_asks_first():
    """A slip of the mouse takes no decision back."""
    asks = elements(EVERY_STATE["approved"])["Change decision"]["confirm"]
    assert asks["title"]["text"] == "Take the decision back?"


@pytest.mark.parametrize("name", EVERY_STATE)
def test_card_of_a_service_that_is_off_promises_nothing(name):
    """It says so where something would still happen; what needs the service cannot be pressed."""
    production = EVERY_STATE[name]
    face = make_face(capabilities=Capabilities(is_off=True), console_url=None)
    card = build_card(production, face)
    pressed = buttons(card["blocks"])
    wanted = {State.REQUESTED: ["Cancel"], State.SUBMISSION_UNKNOWN: ["Give up"]}
    assert pressed == wanted.get(production.state, [])
    assert ("JARAI is switched off here" in visible(card["blocks"])) is not production.is_terminal


@pytest.mark.parametrize("state", State)
def test_a_card_of_a_service_that_is_off_offers_what_needs_none(state):
    """Neither a button that would be refused is drawn, nor one left out that would work."""
    face = make_face(capabilities=Capabilities(is_off=True))
    drawn = {
        element["action_id"]
        for block in build_card(make_production(state), face)["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    }
    assert drawn == {command for command in Command if (state, command) in WITHOUT_SERVICE}
