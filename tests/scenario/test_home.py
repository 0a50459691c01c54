"""The Home tab and the shortcut, as people meet them."""

import pytest

from tests.rig import ANA, BO, GIL, MARKETING, RANDOM, SAM, TOPIC
from tests.scenario.test_story import with_approver


async def press_shortcut(rig, user=ANA):
    """Choose the shortcut from Slack's own menu; gives the form once everything is loaded."""
    pressed = await rig.slack.act.shortcut(user=user, callback_id="make_video")
    assert pressed["error"] is None, pressed
    await rig.settle()
    return rig.slack.views(user)[-1]


async def test_shortcut_makes_a_video_where_it_is_told_to(rig):
    """The form asks for a channel, and the thread is opened there."""
    view = await press_shortcut(rig)
    sent = await rig.send_form(view, values={"Topic": TOPIC, "Channel": MARKETING})
    assert (sent["error"], sent["errors"]) == (None, {})
    await rig.advance(5)
    assert [rig.state(card["ts"]) for card in rig.cards(MARKETING)] == ["Queued"]


async def test_form_from_nowhere_wants_a_channel_we_are_in(rig):
    """A channel without the bot is refused under its field, and nothing is lost."""
    view = await press_shortcut(rig)
    sent = await rig.send_form(view, values={"Topic": TOPIC, "Channel": RANDOM})
    assert "not in that channel" in str(sent["errors"])
    assert rig.posts() == 0


async def test_button_of_the_tab_opens_the_form_and_the_tab_shows_what_came_of_it(rig):
    """From the tab to a video and back: what was asked for stands under "Yours"."""
    assert "You have no video under way." in await rig.open_home(ANA)
    home = rig.slack.home(ANA)
    clicked = await rig.slack.act.click(user=ANA, view_id=home["id"], button="Make a video")
    assert clicked["error"] is None, clicked
    await rig.settle()
    sent = await rig.send_form(
        rig.slack.views(ANA)[-1], values={"Topic": TOPIC, "Channel": MARKETING}
    )
    assert (sent["error"], sent["errors"]) == (None, {})
    assert f"“{TOPIC}” · *Requested*" in rig.home_text(ANA)


async def test_tab_shows_what_waits_for_whom(make_rig):
    """An approver sees what is ready for review; somebody else does not."""
    rig = await make_rig(catalog=with_approver(BO))
    await rig.request_and_finish()
    assert "ready for review" in await rig.open_home(BO)
    assert "Nothing waits for your decision." in await rig.open_home(SAM)
    assert "*Awaiting approval*" in await rig.open_home(ANA)


async def test_private_channel_is_known_to_its_requester_alone(rig):
    """What is made in a private channel shows in nobody else's tab."""
    members = frozenset({ANA, BO, rig.slack.installation.bot_user_id})
    rig.slack.workspace.change_channel("C0SECRET", members=members)
    view = await rig.open_form(channel="C0SECRET")
    await rig.send_form(view)
    await rig.advance(5)
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(40)
    assert [rig.state(card["ts"], channel="C0SECRET") for card in rig.cards("C0SECRET")] == [
        "Awaiting approval"
    ]
    assert TOPIC not in await rig.open_home(BO)
    assert TOPIC in await rig.open_home(ANA)


async def test_ended_video_moves_to_lately_finished(rig):
    """What was cancelled is no longer under way."""
    card = await rig.request()
    await rig.click("Cancel", card, user=ANA)
    await rig.advance(60)
    shown = await rig.open_home(ANA)
    assert "You have no video under way." in shown
    assert "*Cancelled*" in shown


async def test_guest_gets_a_friendly_line(rig):
    """A guest sees neither videos nor the button."""
    await rig.request_and_finish()
    shown = await rig.open_home(GIL)
    assert "Guests may not ask for videos" in shown
    assert TOPIC not in shown


@pytest.mark.parametrize("where", ["users.info", "conversations.info"])
async def test_tab_fails_closed(make_rig, where):
    """Where Slack does not say who somebody is, or what a channel is, nothing is shown of it."""
    rig = await make_rig()
    await rig.request_and_finish()
    await rig.advance(700)  # What Slack said of people is kept for ten minutes.
    rig.slack.limits.set(where, 0)
    shown = await rig.open_home(BO)
    assert TOPIC not in shown
