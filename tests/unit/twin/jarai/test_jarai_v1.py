"""The older generation: its paths, its scopes, and what it shares with the newer one."""

import httpx
import pytest

from twin.jarai.catalogue import KEYS, LEARNING, SOCIAL
from twin.jarai.dialect import DIALECTS, PARTNER, V1

VALUES = {key.name: key.value for key in KEYS.values()}
PRODUCTIONS = f"/v1/accounts/{SOCIAL.account_id}/productions"


@pytest.fixture
async def old(twin):
    """A client of a partner who joined long ago."""
    headers = {"X-API-Key": twin.v1_api_key}
    async with httpx.AsyncClient(base_url=twin.url, headers=headers) as client:
        yield client


async def test_a_production_is_looked_at_by_its_id_alone(twin, old, wish):
    """The status link names no account, and the answer does."""
    accepted = await old.post(PRODUCTIONS, json=wish)
    production_id = accepted.json()["productionId"]
    assert accepted.status_code == 202
    assert accepted.headers["Location"] == f"/v1/productions/{production_id}"
    looked = await old.get(accepted.headers["Location"])
    assert looked.json()["status"] == "Queued"
    assert looked.json()["accountId"] == SOCIAL.account_id
    assert "sandbox" not in looked.json()


async def test_a_whole_life_passes_on_the_older_paths(twin, old, wish):
    """Files are listed by the production's id alone, and a finished one can no longer be ended."""
    path = (await old.post(PRODUCTIONS, json=wish)).headers["Location"]
    assert (await old.get(f"{path}/deliverables")).status_code == 404
    twin.act.finish(twin.jobs()[0].production_id)
    files = (await old.get(f"{path}/deliverables")).json()["deliverables"]
    assert {"Video", "Transcript"} <= {one["type"] for one in files}
    twin.act.release(twin.jobs()[0].production_id)
    assert (await old.delete(path)).status_code == 409


async def test_a_production_can_be_cancelled_on_the_older_path(twin, old, wish):
    """DELETE on the production ends it."""
    path = (await old.post(PRODUCTIONS, json=wish)).headers["Location"]
    assert (await old.delete(path)).status_code == 202
    assert (await old.get(path)).json()["status"] == "Cancelled"


async def test_webhooks_are_kept_on_the_older_paths(old):
    """Registered, listed and removed under /v1/webhooks."""
    body = {"endpointUrl": "https://bot.example/hook", "eventTypes": ["production.queued"]}
    added = await old.post("/v1/webhooks", json=body)
    assert added.status_code == 201
    assert added.json()["signingSecret"]
    (listed,) = (await old.get("/v1/webhooks")).json()["webhooks"]
    assert (await old.delete(f"/v1/webhooks/{listed['webhookId']}")).status_code == 204


async def test_accounts_are_the_same_in_both(old, http):
    """The two generations are two doors of one service."""
    older = (await old.get("/v1/accounts")).json()["accounts"]
    newer = (await http.get("/v1/partner/accounts")).json()["accounts"]
    assert older == newer
    one = await old.get(f"/v1/accounts/{LEARNING.account_id}")
    assert one.json()["name"] == "Northwind Learning"


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        pytest.param("POST", PRODUCTIONS, "productions:trigger", id="submit"),
        pytest.param("DELETE", "/v1/productions/x", "productions:cancel", id="cancel"),
        pytest.param("GET", "/v1/webhooks", "webhooks:manage", id="list webhooks"),
        pytest.param("POST", "/v1/webhooks", "webhooks:manage", id="add webhook"),
        pytest.param("DELETE", "/v1/webhooks/x", "webhooks:manage", id="remove webhook"),
    ],
)
async def test_scopes_have_their_older_names(old, method, path, scope):
    """A key that only reads may not do it, nor one whose scopes are the newer ones."""
    for name in ("v1 readonly", "standard"):
        answer = await old.request(method, path, headers={"X-API-Key": VALUES[name]})
        assert (answer.status_code, answer.json()["error"]) == (403, "PERMISSION_DENIED")
        assert scope in answer.json()["message"]


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [("nobody", 401, "UNAUTHORIZED"), (VALUES["v1 inactive"], 403, "PARTNER_NOT_ACTIVE")],
)
async def test_a_bad_key_is_refused_there_too(old, key, status, code):
    """With the same codes as in the newer generation."""
    answer = await old.get("/v1/accounts", headers={"X-API-Key": key})
    assert (answer.status_code, answer.json()["error"]) == (status, code)


@pytest.mark.parametrize(
    ("served", "older", "newer"), [("both", 200, 200), ("v1", 200, 404), ("partner", 404, 200)]
)
async def test_either_generation_can_be_closed(twin, old, http, served, older, newer):
    """So that a client that mixes them up is found out."""
    twin.configure(dialects=served)
    assert (await old.get("/v1/accounts")).status_code == older
    assert (await http.get("/v1/partner/accounts")).status_code == newer
    registered = await old.post("/v1/partners/register", json={})
    assert registered.status_code == (404 if older == 404 else 400)


def test_no_path_belongs_to_both():
    """Both can be served by one server."""
    routes = [
        (route.method, route.path) for dialect in DIALECTS.values() for route in dialect.routes
    ]
    assert len(routes) == len(set(routes))


def test_what_one_generation_lacks_is_known():
    """Only the older one takes registrations and changes keys over the API."""
    older, newer = ({route.operation for route in one.routes} for one in (V1, PARTNER))
    assert older - newer == {"register", "verify", "rotate_key"}
    assert newer <= older


def test_its_key_is_among_the_credentials(twin):
    """Whoever starts the twin is told both, so that either generation can be spoken to."""
    assert twin.credentials == {"api_key": VALUES["standard"], "v1_api_key": VALUES["v1"]}
