"""From the command to a recorded wish."""

from types import SimpleNamespace

import pytest
from slack_sdk.errors import SlackApiError

from bot.core.errors import (
    ProviderUnavailableError,
    StorageUnavailableError,
)
from bot.slack.ids import Callback
from tests.unit.slack.bench import VALUES, Bench, command, form
from tests.unit.slack.factory import visible


@pytest.fixture
def bench():
    return Bench()


async def test_form_opens_before_the_service_is_asked(bench):
    """The trigger dies in three seconds, whatever the service is doing."""
    await bench.hear("/produce", command("Autumn"))
    assert bench.order == ["acked", "form opened", "service asked"]
    view = bench.client.views_open.call_args.kwargs["view"]
    assert view["blocks"][0]["element"]["initial_value"] == "Autumn"
    bench.client.views_update.assert_not_called()


async def test_cold_form_is_filled_once_the_choices_are_there(bench):
    """What is not known yet comes by an update that names the view's hash."""
    bench.provider.known_form.return_value = None
    await bench.hear("/produce", command())
    opened = bench.client.views_open.call_args.kwargs["view"]
    updated = bench.client.views_update.call_args.kwargs
    assert opened["callback_id"] == Callback.PRODUCE_LOADING
    assert (updated["hash"], updated["view"]["callback_id"]) == ("h1", Callback.PRODUCE)


@pytest.mark.parametrize("error", [StorageUnavailableError("locked"), TimeoutError()])
async def test_form_opens_while_the_database_is_away(bench, error):
    """Even without our own memory the form is there in time."""
    bench.productions.last_choices.side_effect = error
    await bench.hear("/produce", command())
    assert bench.order[:2] == ["acked", "form opened"]


async def test_service_that_is_away_is_said_in_the_form(bench):
    """The form stays open with the topic, and says why there are no choices."""
    bench.provider.known_form.return_value = None
    bench.provider.form.side_effect = ProviderUnavailableError("503")
    await bench.hear("/produce", command("Autumn"))
    view = bench.client.views_update.call_args.kwargs["view"]
    assert "JARAI can't be reached right now." in visible(view["blocks"])
    assert view["blocks"][0]["element"]["initial_value"] == "Autumn"


async def test_channel_is_asked_for_where_we_are_not_in(bench):
    """The picker appears as soon as Slack says that we are not in the channel."""
    bench.channels.is_member.return_value = False
    await bench.hear("/produce", command())
    view = bench.client.views_update.call_args_list[0].kwargs["view"]
    assert "channel" in [block["block_id"] for block in view["blocks"]]


async def test_form_closed_meanwhile_is_no_error(bench):
    """Somebody who changed their mind breaks nothing."""
    bench.provider.known_form.return_value = None
    response = SimpleNamespace(status_code=200, headers={}, data={"error": "not_found"})
    bench.client.views_update.side_effect = SlackApiError("failed", response)
    await bench.hear("/produce", command())


async def test_wish_is_recorded_before_the_form_closes(bench):
    """An ack means that it is written down."""
    await bench.hear(Callback.PRODUCE, form())
    assert bench.order == ["recorded", "acked"]
    request = bench.productions.request.call_args
    assert (request.args[0].topic, request.kwargs["form_key"]) == ("Autumn", "V1")


async def test_wrong_field_is_said_under_it(bench):
    """Nothing is recorded, and the form stays open."""
    await bench.hear(Callback.PRODUCE, form({}))
    errors = bench.ack.call_args.kwargs["errors"]
    assert list(errors) == ["field.topic", "field.language", "field.avatar"]
    bench.productions.request.assert_not_called()


async def test_unrecorded_wish_keeps_the_form_open(bench):
    """Whoever sends while the database is away loses nothing."""
    bench.productions.request.side_effect = StorageUnavailableError("locked")
    await bench.hear(Callback.PRODUCE, form())
    assert bench.ack.call_args.kwargs["errors"] == {
        "field.topic": "Not recorded, nothing was sent. Try again in a minute."
    }


async def test_other_answers_under_the_same_form_are_not_taken_silently(bench):
    """A form that was recorded before says as what."""
    bench.outcome = "differs"
    await bench.hear(Callback.PRODUCE, form())
    assert "already recorded as video 7K3MQ2" in visible(
        bench.ack.call_args.kwargs["view"]["blocks"]
    )


@pytest.mark.parametrize("provider", [None, "gone"])
async def test_form_of_another_version_says_so(bench, provider):
    """A form we no longer understand is answered in words."""
    await bench.hear(Callback.PRODUCE, form(provider=provider))
    assert "nothing was sent" in visible(bench.ack.call_args.kwargs["view"]["blocks"])


async def test_picked_channel_we_are_not_in_is_said_under_it(bench):
    """A thread nobody can post is not begun."""
    bench.channels.is_member.return_value = False
    picked = {"channel": {"entered": {"selected_conversation": "C0RANDOM"}}}
    await bench.hear(Callback.PRODUCE, form(VALUES | picked))
    assert list(bench.ack.call_args.kwargs["errors"]) == ["channel"]
