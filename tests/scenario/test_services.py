"""Several services in one form: the person chooses, and the form follows."""

import pytest

from tests.rig import ANA, BO, TOPIC
from tests.scenario.titlecard import choose, held, labels, with_titlecard
from twin.faults import Fault
from twin.slack.text import visible_text

JARAI = ["Service", "Topic", "Language", "Country", "Avatar", "Project type", "Notes"]


@pytest.fixture
async def rig(make_rig, monkeypatch, tmp_path):
    return await with_titlecard(make_rig, monkeypatch, tmp_path / "site", alone=False)


async def test_with_one_service_nobody_is_asked_which(make_rig):
    """The form is as short as before."""
    rig = await make_rig()
    assert labels(await rig.open_form(TOPIC)) == JARAI[1:]


async def test_service_is_asked_first_and_the_form_follows(rig):
    """What was typed stays; what the other service asked is gone."""
    view = await rig.open_form(TOPIC)
    assert labels(view) == JARAI
    assert held(view)["Service"] == "JARAI"
    view = await choose(rig, "Service", "Titlecard", values={"Topic": "Winter"})
    assert labels(view) == ["Service", "Topic", "Style"]
    assert (held(view)["Service"], held(view)["Topic"]) == ("Titlecard", "Winter")
    view = await choose(rig, "Style", "Plain")
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values={})
    assert not sent["errors"], sent
    await rig.advance(3)
    assert [clip.body["title"] for clip in rig.besides.jobs()] == ["Winter"]
    assert rig.posts() == 0


async def test_last_service_of_this_person_comes_first(rig):
    """Everybody else still begins with the first one."""
    await rig.open_form(TOPIC)
    await choose(rig, "Service", "Titlecard")
    view = await choose(rig, "Style", "Plain")
    await rig.slack.act.submit(user=ANA, view_id=view["id"], values={})
    await rig.advance(3)
    view = await rig.open_form("Another")
    assert held(view)["Service"] == "Titlecard"
    assert labels(view) == ["Service", "Topic", "Style", "Second line"]
    assert held(await rig.open_form("Mine", user=BO))["Service"] == "JARAI"


async def test_service_that_is_away_leaves_a_way_back(rig):
    """The form says what is wrong, and the other service is one choice away."""
    await rig.open_form(TOPIC)
    rig.besides.faults.add(Fault(match="/styles", kind="status", status=503, times=None))
    view = await choose(rig, "Service", "Titlecard")
    assert labels(view) == ["Service", "Topic"]
    assert "Titlecard can't be reached" in visible_text(view)
    view = await choose(rig, "Service", "JARAI")
    assert labels(view) == JARAI
    assert held(view)["Topic"] == TOPIC


async def test_channel_that_was_asked_for_stays_asked_for(rig):
    """Changing the service does not lose where the thread shall be."""
    view = await rig.open_form(TOPIC, channel="C0RANDOM")
    assert labels(view)[-1] == "Channel"
    await choose(rig, "Service", "Titlecard")
    view = await choose(rig, "Style", "Plain")
    assert labels(view)[-1] == "Channel"
    sent = await rig.slack.act.submit(
        user=ANA, view_id=view["id"], values={"Channel": "C0MARKETING"}
    )
    assert not sent["errors"], sent
    await rig.advance(3)
    assert len(rig.cards()) == 1


async def test_newest_of_two_quick_choices_wins(rig):
    """The first choice is slow to be drawn; what it would draw is never shown."""
    view = await rig.open_form(TOPIC)
    await choose(rig, "Service", "Titlecard")
    view = rig.slack.views(ANA)[-1]
    clicks = [
        rig.slack.act.click(
            user=ANA,
            view_id=view["id"],
            action_id="entered",
            block_id="field.style",
            option=style,
        )
        for style in ("Rich", "Plain")
    ]
    for click in clicks:
        await click
    await rig.settle()
    assert labels(rig.slack.views(ANA)[-1]) == ["Service", "Topic", "Style", "Second line"]


async def test_nothing_is_ordered_from_a_service_that_is_not_the_chosen_one(rig):
    """Where the form could not follow the choice in time, it is shown anew instead of recorded."""
    await rig.open_form(TOPIC)
    await choose(rig, "Service", "Titlecard")
    view = await choose(rig, "Service", "JARAI")
    sent = await rig.send_form(view, values={"Service": "Titlecard"})
    assert sent["response_action"] == "update", sent
    await rig.advance(3)
    assert rig.cards() == []
    assert rig.posts() == 0
    view = rig.slack.views(ANA)[-1]
    assert labels(view) == ["Service", "Topic", "Style"]
    assert "nothing was sent yet" in visible_text(view)
