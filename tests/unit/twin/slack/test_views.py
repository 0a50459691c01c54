"""Triggers, modals and Home tabs of the local Slack, driven with the official client."""

import pytest

from tests.unit.twin.slack.support import (
    MARKETING,
    field_of,
    modal,
    refusal_of,
    section,
)


def trigger(twin, user="U0ANA"):
    """Make a trigger as an interaction would."""
    return twin.modals.issue_trigger(user, installation=twin.installation, channel=MARKETING)


async def opened(twin, client, view=None):
    """Open a modal for Ana."""
    return (await client.views_open(trigger_id=trigger(twin), view=view or modal()))["view"]


async def test_trigger_opens_a_view_for_its_person(twin, client):
    """The view shows to whom the trigger was made for, with id and hash."""
    view = await opened(twin, client)
    assert [one["id"] for one in twin.views("U0ANA")] == [view["id"]]
    assert twin.views("U0BO") == []
    assert view["hash"]
    assert view["root_view_id"] == view["id"]


async def test_trigger_works_once(twin, client):
    """The second use is refused, the first view stays."""
    trigger_id = trigger(twin)
    await client.views_open(trigger_id=trigger_id, view=modal())
    refusal = await refusal_of(client.views_open(trigger_id=trigger_id, view=modal()))
    assert refusal["error"] == "exchanged_trigger_id"


async def test_trigger_dies_after_three_seconds(twin, client):
    """Just before three seconds it opens, at three it is expired."""
    young, old = trigger(twin), trigger(twin)
    await twin.clock.advance(2.9)
    assert (await client.views_open(trigger_id=young, view=modal()))["ok"]
    await twin.clock.advance(0.1)
    refusal = await refusal_of(client.views_open(trigger_id=old, view=modal()))
    assert refusal["error"] == "expired_trigger_id"


async def test_trigger_lives_three_real_seconds_where_time_is_sped_up(twin, client):
    """The bot is not sped up with the clock, so at 100 times the speed a trigger lives 300 s."""
    twin.modals._speed = lambda: 100.0
    trigger_id = trigger(twin)
    await twin.clock.advance(299)
    assert (await client.views_open(trigger_id=trigger_id, view=modal()))["ok"]


async def test_unknown_trigger_is_refused(client):
    """One that looks right but was never made is invalid."""
    trigger_id = f"1.2.{'0' * 32}"
    refusal = await refusal_of(client.views_open(trigger_id=trigger_id, view=modal()))
    assert refusal["error"] == "invalid_trigger_id"


@pytest.mark.parametrize("trigger_id", ["", "x", "12.13"])
async def test_malformed_trigger_is_an_invalid_argument(client, trigger_id):
    """What does not look like a trigger is refused with a pointer to it."""
    refusal = await refusal_of(client.views_open(trigger_id=trigger_id, view=modal()))
    assert refusal["error"] == "invalid_arguments"
    assert "json-pointer:/trigger_id" in refusal["response_metadata"]["messages"][0]


async def test_bad_view_is_refused_and_leaves_the_trigger(twin, client):
    """Problems come with pointers below `/view`, and a corrected call still works."""
    trigger_id = trigger(twin)
    bad = modal(section("x" * 3001))
    refusal = await refusal_of(client.views_open(trigger_id=trigger_id, view=bad))
    assert refusal["error"] == "invalid_arguments"
    assert refusal["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/view/blocks/0/text/text]"
    ]
    assert (await client.views_open(trigger_id=trigger_id, view=modal()))["ok"]


async def test_home_tab_cannot_be_opened_as_modal(twin, client):
    """`views.open` is for modals, `views.publish` for Home tabs."""
    home = {"type": "home", "blocks": []}
    opening = client.views_open(trigger_id=trigger(twin), view=home)
    assert (await refusal_of(opening))["error"] == "invalid_arguments"
    publishing = client.views_publish(user_id="U0ANA", view=modal())
    assert (await refusal_of(publishing))["error"] == "invalid_arguments"


async def test_update_with_the_newest_hash_passes_and_with_an_older_one_not(twin, client):
    """Of two updates from the same hash the second is a conflict."""
    view = await opened(twin, client)
    update = {"view_id": view["id"], "view": modal(), "hash": view["hash"]}
    newer = (await client.views_update(**update))["view"]
    assert newer["hash"] != view["hash"]
    assert (await refusal_of(client.views_update(**update)))["error"] == "hash_conflict"
    assert (await client.views_update(view_id=view["id"], view=modal()))["ok"]


async def test_update_of_a_closed_view_is_refused(twin, client):
    """What the person closed is not found any more."""
    view = await opened(twin, client)
    await twin.act.close(user="U0ANA", view_id=view["id"])
    update = client.views_update(view_id=view["id"], view=modal())
    assert (await refusal_of(update))["error"] == "not_found"


async def test_update_keeps_what_was_entered_in_fields_that_stay(twin, client):
    """A field with the same ids keeps its text, a new one starts empty."""
    topic = field_of("Topic", {"type": "plain_text_input"})
    notes = field_of("Notes", {"type": "plain_text_input"})
    view = await opened(twin, client, modal(topic))
    await twin.act.submit(user="U0ANA", view_id=view["id"], values={"Topic": "cats"})
    await client.views_update(view_id=view["id"], view=modal(topic, notes))
    (shown,) = twin.views("U0ANA")
    entered = shown["state"]["values"]
    assert entered["topic"]["topic_action"]["value"] == "cats"
    assert entered["notes"]["notes_action"]["value"] is None


async def test_view_can_be_named_by_its_external_id(twin, client):
    """The bot's own name for a view finds it, and is taken as long as it is open."""
    await opened(twin, client, modal(external_id="mine"))
    assert (await client.views_update(external_id="mine", view=modal(external_id="mine")))["ok"]
    again = client.views_open(trigger_id=trigger(twin, "U0BO"), view=modal(external_id="mine"))
    assert (await refusal_of(again))["error"] == "duplicate_external_id"


async def test_stack_holds_three_views(twin, client):
    """Two views can be pushed over the first, a third not."""
    root = await opened(twin, client)
    second = (await client.views_push(trigger_id=trigger(twin), view=modal()))["view"]
    third = (await client.views_push(trigger_id=trigger(twin), view=modal()))["view"]
    refusal = await refusal_of(client.views_push(trigger_id=trigger(twin), view=modal()))
    assert refusal["error"] == "push_limit_reached"
    assert [one["id"] for one in twin.views("U0ANA")] == [root["id"], second["id"], third["id"]]
    assert (third["previous_view_id"], third["root_view_id"]) == (second["id"], root["id"])


async def test_push_needs_an_open_view(twin, client):
    """There is nothing to push over for somebody with no modal open."""
    refusal = await refusal_of(client.views_push(trigger_id=trigger(twin), view=modal()))
    assert refusal["error"] == "invalid_trigger_id"


async def test_open_takes_the_place_of_what_was_open(twin, client):
    """A newly opened modal is alone on its stack."""
    await opened(twin, client)
    view = await opened(twin, client)
    assert [one["id"] for one in twin.views("U0ANA")] == [view["id"]]


async def test_home_tab_is_published_per_person(twin, client):
    """Each person has a tab of their own; publishing again changes it, unless the hash is old."""
    home = {"type": "home", "blocks": [section("yours")]}
    first = (await client.views_publish(user_id="U0ANA", view=home))["view"]
    second = (await client.views_publish(user_id="U0ANA", view=home, hash=first["hash"]))["view"]
    assert first["id"] == second["id"]
    assert twin.home("U0BO") is None
    stale = client.views_publish(user_id="U0ANA", view=home, hash=first["hash"])
    assert (await refusal_of(stale))["error"] == "hash_conflict"


async def test_home_tab_of_nobody_is_refused(client):
    """A tab needs a person."""
    publish = client.views_publish(user_id="U0NOBODY", view={"type": "home", "blocks": []})
    assert (await refusal_of(publish))["error"] == "user_not_found"
