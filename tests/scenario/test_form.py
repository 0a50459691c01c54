"""`/produce` and its form, whatever the service is doing and whatever is typed."""

import sqlite3

import pytest

from tests.rig import ANA, GIL, MARKETING, ONCALL, RANDOM, TOPIC, ZOE, state_in
from twin.faults import Fault
from twin.slack.text import inputs, visible_text

FIELDS = {"Topic", "Language", "Country", "Avatar", "Project type", "Notes"}


def labels(view):
    """List the fields of a form."""
    return {block["label"]["text"] for block in inputs(view["blocks"])}


def option(value):
    """Make an option that no select offers."""
    return {"text": {"type": "plain_text", "text": "Made up"}, "value": value}


async def test_form_asks_what_the_service_needs(rig):
    """The form has the service's fields, with the topic as it was typed."""
    view = await rig.open_form("Autumn & winter")
    assert labels(view) == FIELDS
    (topic,) = [one for one in inputs(view["blocks"]) if one["label"]["text"] == "Topic"]
    assert topic["element"]["initial_value"] == "Autumn & winter"
    assert view["submit"]["text"] == "Make the video"


async def test_sub_command_with_a_wrong_id_opens_the_form_with_a_hint(rig):
    """Whoever meant a video that exists reads that this orders a new one, and what to type."""
    for _ in ("while the choices load", "at once"):
        view = await rig.open_form("status ABC")
        assert labels(view) == FIELDS
        assert "`/produce status ID`" in visible_text(view)
    assert "This orders" not in visible_text(await rig.open_form("status of the nation"))


async def test_warm_form_opens_complete(rig):
    """Once the choices are known, the form is complete at once and nothing is filled in later."""
    await rig.open_form()
    since = rig.slack.journal.number
    await rig.open_form()
    (opened,) = rig.calls("views.open", after=since)
    assert labels(opened.detail["args"]["view"]) == FIELDS
    assert rig.calls("views.update", after=since) == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(match="/accounts", kind="delay", seconds=1.0, times=None),
        Fault(match="/accounts", kind="status", status=500, times=None),
        Fault(match="/accounts", kind="status", status=401, body="{}", times=None),
        Fault(match="/accounts", kind="rate_limit", seconds=60, times=None),
        Fault(match="/accounts", kind="drop_before", times=None),
        Fault(match="/accounts", kind="body", status=200, body="<html>", times=None),
    ],
    ids=["hangs", "500", "401", "429", "drops", "nonsense"],
)
async def test_form_opens_whatever_the_service_is_doing(make_rig, fault):
    """The trigger is used before the service is asked, and the person is told what is wrong."""
    rig = await make_rig(look_timeout_s=0.2)
    rig.jarai.faults.add(fault)
    view = await rig.open_form()
    assert rig.calls("views.open")[0].answer == "ok"
    assert labels(view) == {"Topic"}
    assert "JARAI" in visible_text(view)


async def test_service_is_asked_only_once_the_form_is_open(rig):
    """The trigger dies in 3 s, so nothing is asked of the service before it was used."""
    rig.slack.faults.add(Fault(match="views.open", kind="drop_before"))
    await rig.slack.act.command(user=ANA, channel=MARKETING, text=TOPIC)
    await rig.settle()
    assert rig.calls("views.open")[0].status is None
    assert rig.jarai.journal.number == 0


async def test_form_opens_when_the_service_is_gone(rig):
    """A service that refuses connections leaves a form that says so, topic kept."""
    await rig.jarai_down()
    view = await rig.open_form()
    assert "JARAI can't be reached" in visible_text(view)
    assert view["blocks"][0]["element"]["initial_value"] == TOPIC


async def test_form_that_still_loads_is_not_lost(make_rig):
    """Sending a form whose choices are missing keeps it open and says why."""
    rig = await make_rig(look_timeout_s=0.2)
    rig.jarai.faults.add(Fault(match="/accounts", kind="status", status=500, times=None))
    view = await rig.open_form()
    sent = await rig.send_form(view)
    assert set(sent["errors_by_label"]) == {"Topic"}
    assert rig.cards() == []


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Topic", ""),
        ("Topic", "   \u200b "),
        ("Topic", "x" * 501),
        ("Notes", "x" * 4097),
        ("Language", option("no-such-language")),
        ("Country", option("7d1d9d2e-31c4-4f7b-9b7a-0d2b7f0c9999")),
        ("Avatar", option("somebody/else")),
        ("Project type", option("feature-film")),
        ("Avatar", None),
    ],
    ids=[
        "no topic",
        "a topic without ink",
        "a topic too long",
        "notes too long",
        "unknown language",
        "unknown country",
        "unknown avatar",
        "unknown project type",
        "no avatar",
    ],
)
async def test_errors_stand_under_their_field(rig, label, value):
    """What cannot be sent is said under its field; the form stays open and nothing is made."""
    view = await rig.open_form()
    sent = await rig.send_form(view, values={label: value}, force=True)
    assert sent["response_action"] == "errors"
    assert set(sent["errors_by_label"]) == {label}
    await rig.settle()
    assert rig.cards() == []
    assert rig.posts() == 0


async def test_several_errors_are_said_at_once(rig):
    """All that is wrong is said in one go."""
    view = await rig.open_form()
    values = {"Topic": "", "Language": option("x"), "Notes": "x" * 5000}
    sent = await rig.send_form(view, values=values, force=True)
    assert set(sent["errors_by_label"]) == {"Topic", "Language", "Notes"}


async def test_form_can_be_sent_after_an_error(rig):
    """A form that was refused can be mended and sent."""
    view = await rig.open_form()
    await rig.send_form(view, values={"Topic": ""}, force=True)
    sent = await rig.send_form(rig.slack.views(ANA)[-1], values={"Topic": TOPIC})
    assert not sent["errors"]
    await rig.settle()
    assert len(rig.cards()) == 1


async def test_same_form_twice_is_one_production(rig):
    """A form that Slack delivers again makes nothing new."""
    await rig.request()
    await rig.replay(rig.delivered("view_submission"))
    await rig.advance(5)
    assert len(rig.cards()) == 1
    assert rig.posts() == 1


async def test_same_form_with_other_values_is_refused_aloud(rig):
    """The same form with other values is not silently dropped: it names what was recorded."""
    await rig.request()
    entry = rig.delivered("view_submission")
    view = entry.detail["payload"]["view"]
    values = view["state"]["values"]
    changed = {**values, "field.topic": {"entered": {"type": "plain_text_input", "value": "New"}}}
    outcome = await rig.slack._deliveries.send_interaction(
        rig.slack.app, {**entry.detail["payload"], "view": {**view, "state": {"values": changed}}}
    )
    assert "already recorded as" in outcome.body
    await rig.advance(5)
    assert len(rig.cards()) == 1
    assert rig.posts() == 1


async def test_channel_is_asked_for_where_the_bot_is_not_in(rig):
    """In a channel without the bot the form asks for another, and the thread opens there."""
    view = await rig.open_form(channel=RANDOM)
    assert "Channel" in labels(view)
    sent = await rig.send_form(view, values={"Channel": MARKETING})
    assert not sent["errors"]
    await rig.settle()
    assert rig.cards(RANDOM) == []
    assert len(rig.cards(MARKETING)) == 1


async def test_channel_without_the_bot_is_refused_under_its_field(rig):
    """Choosing a channel that the bot is not in either is said under the field."""
    view = await rig.open_form(channel=RANDOM)
    sent = await rig.send_form(view, values={"Channel": RANDOM})
    assert set(sent["errors_by_label"]) == {"Channel"}


async def test_channel_slipped_into_a_form_changes_nothing(rig):
    """Only a form that asked for a channel may name one."""
    view = await rig.open_form()
    sent = await rig.send_form(view, values={"Topic": ""}, force=True)
    assert sent["errors"]
    payload = rig.delivered("view_submission").detail["payload"]
    values = payload["view"]["state"]["values"] | {
        "field.topic": {"entered": {"type": "plain_text_input", "value": TOPIC}},
        "channel": {"entered": {"selected_conversation": ONCALL}},
    }
    changed = payload["view"] | {"state": {"values": values}}
    await rig.slack._deliveries.send_interaction(rig.slack.app, payload | {"view": changed})
    await rig.settle()
    assert (len(rig.cards()), rig.cards(ONCALL)) == (1, [])


async def test_channel_that_slack_says_nothing_of_is_refused_under_its_field(rig):
    """While Slack cannot be asked about the channel nothing is recorded."""
    view = await rig.open_form(channel=RANDOM)
    rig.slack.faults.add(Fault(match="conversations.info", kind="status", status=500, times=None))
    sent = await rig.send_form(view, values={"Channel": MARKETING})
    assert "Try again in a minute" in sent["errors_by_label"]["Channel"]
    await rig.settle()
    assert rig.cards() == []


async def test_guests_are_told_in_the_form_who_may(rig):
    """A guest's form turns into words, and nothing is asked of the service."""
    view = await rig.open_form(user=GIL)
    assert "Guests may not ask for videos" in visible_text(view)
    assert rig.jarai.journal.number == 0


@pytest.mark.parametrize("user", [GIL, ZOE], ids=["guest", "stranger"])
async def test_form_sent_by_an_outsider_costs_nothing(rig, user):
    """Whoever gets hold of a form that they may not send is told so, and nothing is recorded."""
    view = await rig.open_form()
    await rig.send_form(view, values={"Topic": ""}, force=True)
    payload = rig.delivered("view_submission").detail["payload"]
    topic = {"field.topic": {"entered": {"type": "plain_text_input", "value": TOPIC}}}
    values = payload["view"]["state"]["values"] | topic
    sender = {"id": user, "team_id": "T0GREEN"}
    changed = payload["view"] | {"state": {"values": values}}
    outcome = await rig.slack._deliveries.send_interaction(
        rig.slack.app, payload | {"user": sender, "view": changed}
    )
    assert "full members of this workspace" in outcome.body
    await rig.settle()
    assert (rig.cards(), rig.posts()) == ([], 0)


async def test_form_is_kept_while_slack_does_not_say_who_sent_it(rig):
    """Nothing is recorded, and the form can be sent again once Slack answers."""
    rig.slack.faults.add(Fault(match="users.info", kind="status", status=500, times=None))
    view = await rig.open_form()
    sent = await rig.send_form(view)
    assert "Not recorded" in sent["errors_by_label"]["Topic"]
    rig.slack.faults.clear()
    again = await rig.send_form(rig.slack.views(ANA)[-1])
    assert not again["errors"]
    await rig.settle()
    assert len(rig.cards()) == 1


async def test_form_is_not_lost_when_the_database_is_locked(rig, tmp_path):
    """Without a database the person is told that nothing was recorded, and may try again."""
    view = await rig.open_form()
    other = sqlite3.connect(tmp_path / "greenlight.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    sent = await rig.send_form(view)
    other.close()
    assert "Not recorded" in sent["errors_by_label"]["Topic"]
    again = await rig.send_form(rig.slack.views(ANA)[-1])
    assert not again["errors"]
    await rig.settle()
    assert len(rig.cards()) == 1


async def test_topic_cannot_mention_or_link(rig):
    """What people write is shown as they wrote it and means nothing to Slack."""
    topic = "<!channel> *x* & <http://evil.example|x> <@U0BO>"
    card = await rig.request(topic)
    message = rig.message(card)
    assert "<!channel>" not in message["text"]
    assert "<http://evil" not in message["text"]
    assert "<@U0BO>" not in message["text"]
    assert message["blocks"][0]["text"] == {"type": "plain_text", "text": topic} | {
        key: value
        for key, value in message["blocks"][0]["text"].items()
        if key not in {"type", "text"}
    }


@pytest.mark.parametrize(
    "topic",
    ["cancel culture explained", "list of our stores", "help us", "What a payload is"],
)
async def test_topic_may_begin_like_a_sub_command(rig, topic):
    """Words that only begin like a sub-command are a topic, and so is Slack's own "payload"."""
    card = await rig.request(topic)
    assert topic in rig.text(card)


async def test_sub_commands_answer_privately(rig):
    """Help, list and status answer the person who asked and nobody else."""
    card = await rig.request()
    production_id = rig.text(card).split("ID ")[1].split()[0]
    for text, expected in [
        ("help", "opens the form"),
        ("list", TOPIC),
        (f"status {production_id.lower()}", "Queued"),
        ("failed", "Nothing has failed"),
    ]:
        told = await rig.slack.act.command(user=ANA, channel=MARKETING, text=text)
        assert told["error"] is None
        await rig.settle()
        assert expected in rig.private(ANA)[-1]
    assert len(rig.cards()) == 1


async def test_cancel_by_command(rig):
    """`/produce cancel ID` does what the button does."""
    card = await rig.request()
    production_id = rig.text(card).split("ID ")[1].split()[0]
    await rig.slack.act.command(user=ANA, channel=MARKETING, text=f"cancel {production_id}")
    await rig.advance(15)
    assert rig.state(card) == "Cancelled"


async def test_again_opens_the_form_with_the_same_answers(rig):
    """Again on an ended card opens the form as it was filled in then."""
    card = await rig.request(Notes="Warm colours.")
    await rig.click("Cancel", card, user=ANA)
    await rig.advance(15)
    await rig.click("Again", card, user=ANA)
    view = rig.slack.views(ANA)[-1]
    assert labels(view) == FIELDS
    typed = {
        one["label"]["text"]: one["element"].get("initial_value") for one in inputs(view["blocks"])
    }
    assert typed["Topic"] == TOPIC
    assert typed["Notes"] == "Warm colours."


async def test_card_that_cannot_be_posted_sends_nothing(rig):
    """Where the card cannot be posted nothing is submitted, and the requester hears why."""
    view = await rig.open_form()
    channel = rig.slack.workspace.channels[MARKETING]
    await rig.slack.change.channel(channel, remove=["U0BOT"])
    await rig.send_form(view)
    await rig.advance(5)
    assert rig.posts() == 0
    (message,) = rig.direct(ANA)
    assert "could not post" in message["text"]
    assert state_in(message["text"]) is None
