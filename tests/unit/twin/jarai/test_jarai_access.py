import httpx
import pytest

from twin.jarai.app import JaraiTwin
from twin.jarai.catalogue import KEYS, LEARNING, SOCIAL

ACCOUNTS = "/v1/partner/accounts"
VALUES = {key.name: key.value for key in KEYS.values()}


async def test_accounts_show_avatars_and_platforms(http):
    """The list names every account with its presenters and platforms."""
    accounts = (await http.get(ACCOUNTS)).json()["accounts"]
    assert {
        account["name"]: [each["name"] for each in account["avatars"]] for account in accounts
    } == {
        "Northwind Social": ["Mia", "Theo"],
        "Northwind Learning": ["Ines", "Karl"],
        "Northwind Archive": ["Vera"],
    }
    assert all(account["platforms"] for account in accounts)


async def test_one_account_can_be_shown(http):
    """An account is found by its id, in capitals too."""
    answer = await http.get(f"{ACCOUNTS}/{LEARNING.account_id.upper()}")
    assert answer.json()["name"] == "Northwind Learning"


async def test_unknown_account_is_not_found(http):
    """An id that is no account answers 404."""
    answer = await http.get(f"{ACCOUNTS}/{SOCIAL.account_id[:-1]}f")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [
        pytest.param(None, 401, "UNAUTHORIZED", id="no key"),
        pytest.param("jarai_test_nobody", 401, "UNAUTHORIZED", id="unknown key"),
        pytest.param(VALUES["inactive"], 403, "PARTNER_NOT_ACTIVE", id="inactive partner"),
    ],
)
async def test_bad_key_is_refused_in_the_documented_shape(http, key, status, code):
    """A key that lets nobody in is answered with the error body and without rate headers."""
    http.headers.pop("X-API-Key")
    answer = await http.get(ACCOUNTS, headers={} if key is None else {"X-API-Key": key})
    body = answer.json()
    assert (answer.status_code, body["error"], body["retryAfterSeconds"]) == (status, code, None)
    assert body["message"]
    assert "X-RateLimit-Limit" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("POST", f"{ACCOUNTS}/{SOCIAL.account_id}/productions", id="submit"),
        pytest.param("DELETE", f"{ACCOUNTS}/{SOCIAL.account_id}/productions/x", id="cancel"),
        pytest.param("GET", "/v1/partner/webhooks", id="list webhooks"),
        pytest.param("POST", "/v1/partner/webhooks", id="add webhook"),
        pytest.param("DELETE", "/v1/partner/webhooks/x", id="remove webhook"),
    ],
)
async def test_missing_scope_is_refused(http, method, path):
    """A key that may only read can neither write nor see webhooks."""
    answer = await http.request(method, path, headers={"X-API-Key": VALUES["readonly"]})
    assert (answer.status_code, answer.json()["error"]) == (403, "PERMISSION_DENIED")
    assert "X-RateLimit-Limit" not in answer.headers


async def test_write_scope_includes_reading(http):
    """The working key has no reading scope for webhooks but may list them."""
    assert (await http.get("/v1/partner/webhooks")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "is_sandbox"),
    [
        pytest.param({"X-API-Key": VALUES["standard"]}, True, id="test key"),
        pytest.param({"X-API-Key": VALUES["live"]}, False, id="live key"),
        pytest.param(
            {"X-API-Key": VALUES["live"], "X-JARAI-Test": "true"}, True, id="live key, one test"
        ),
    ],
)
async def test_only_synthetic_answers_say_sandbox(http, headers, is_sandbox):
    """Answers to test keys, and to live keys that ask for a test, are marked."""
    assert ("sandbox" in (await http.get(ACCOUNTS, headers=headers)).json()) is is_sandbox


@pytest.mark.parametrize("path", [ACCOUNTS, "/nowhere", "/v1/partner/webhooks/none", "/files/a/b"])
async def test_every_answer_has_a_correlation_id(http, path):
    """Good answers and errors alike carry an id of their own."""
    first, second = [await http.get(path) for _ in range(2)]
    assert first.headers["X-Correlation-Id"] != second.headers["X-Correlation-Id"]


async def test_unknown_path_is_answered_with_the_error_body(http):
    """A path that does not exist answers 404 in the documented shape."""
    answer = await http.get("/v1/partner/languages")
    assert (answer.status_code, answer.json()["error"]) == (404, "NOT_FOUND")


async def test_productions_of_other_partners_are_not_found(
    twin: JaraiTwin, http: httpx.AsyncClient, production_id: str
):
    """Another partner's key cannot see a production."""
    path = f"{ACCOUNTS}/{SOCIAL.account_id}/productions/{production_id}"
    answer = await http.get(path, headers={"X-API-Key": VALUES["free"]})
    assert answer.status_code == 404


async def test_production_is_found_only_in_its_account(http, production_id):
    """The status link holds the account, and another account's does not work."""
    answer = await http.get(f"{ACCOUNTS}/{LEARNING.account_id}/productions/{production_id}")
    assert answer.status_code == 404


async def test_lists_can_be_bare_arrays(twin, http):
    """A switch gives lists without the object around them."""
    twin.configure(lists="bare")
    assert isinstance((await http.get(ACCOUNTS)).json(), list)
