"""`apps.manifest.validate` at the local Slack, called with the official client."""

import json

import pytest

from tests.unit.twin.slack.support import client_of, refusal_of
from twin.slack.api.methods.manifests import CONFIG_TOKEN

GOOD = json.dumps({"display_information": {"name": "Tally"}})


@pytest.fixture
async def client(twin):
    async with client_of(twin, token=CONFIG_TOKEN) as client:
        yield client


async def test_a_good_manifest_is_taken(client):
    """Whether for a new app or for one that exists."""
    assert (await client.apps_manifest_validate(manifest=GOOD)).data == {"ok": True}
    assert (await client.apps_manifest_validate(manifest=GOOD, app_id="A0GREEN"))["ok"]


async def test_a_bad_manifest_is_refused_with_pointers(client):
    """Every problem has a message and a place."""
    bad = json.dumps({"display_information": {"name": "n" * 36}, "feature": {}})
    refused = await refusal_of(client.apps_manifest_validate(manifest=bad))
    assert (refused["error"], refused["errors"]) == (
        "invalid_manifest",
        [
            {
                "message": "must be less than 36 characters",
                "pointer": "/display_information/name",
            },
            {"message": "no such field: feature", "pointer": "/feature"},
        ],
    )


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"manifest": "{"}, "invalid_manifest"),
        ({"manifest": "[]"}, "invalid_manifest"),
        ({"manifest": ""}, "invalid_arguments"),
        ({"app_id": "A0NONE"}, "invalid_app_id"),
    ],
)
async def test_bad_arguments_are_refused(client, changes, word):
    """Each with Slack's word."""
    arguments = {"manifest": GOOD, **changes}
    assert (await refusal_of(client.apps_manifest_validate(**arguments)))["error"] == word


@pytest.mark.parametrize(
    ("token", "word"),
    [
        (None, "not_authed"),
        ("xoxe.xoxp-other", "invalid_auth"),
        ("xoxb-twin-bot-token", "not_allowed_token_type"),
        ("xapp-twin-app-token", "not_allowed_token_type"),
    ],
)
async def test_a_configuration_token_is_needed(twin, token, word):
    """Neither bots nor apps look at manifests."""
    async with client_of(twin, token=token) as client:
        assert (await refusal_of(client.apps_manifest_validate(manifest=GOOD)))["error"] == word
