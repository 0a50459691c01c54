"""Keys, the day's quota, credits, voices, and the bodies of the documented errors."""

import re

import httpx
import pytest

from twin.narakeet.catalogue import CROWD, KEYS, VOICES

CREDITS = "/account/credits"
CALLS = [
    ("GET", "/video/upload-request/zip"),
    ("POST", "/video/build"),
    ("POST", "/text-to-speech/mp3"),
    ("GET", "/voices"),
    ("GET", CREDITS),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("key", [None, "wrong", "narakeet-free-0000000000000"])
async def test_bad_key_is_forbidden_before_anything_is_read(plain, twin, method, path, key):
    """No key, a wrong one and one of a plan without the API look alike."""
    headers = {} if key is None else {"x-api-key": key}
    answer = await plain.request(method, twin.url + path, content=b"{", headers=headers)
    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})


async def test_bad_key_can_be_a_401(plain, twin):
    """A third party's description has that status."""
    twin.configure(bad_key="401")
    answer = await plain.get(f"{twin.url}/voices")
    assert (answer.status_code, answer.json()) == (401, {"message": "Forbidden"})


async def test_credits_have_the_documented_fields(http):
    """The balance comes with who asked and under which plan."""
    body = (await http.get(CREDITS)).json()
    assert set(body) == {"creditSeconds", "requestId", "identity", "billingId", "plan"}
    assert (body["creditSeconds"], body["plan"]) == (5400, "TOPUP")


async def test_keys_of_one_account_share_its_credits(twin, plain):
    """Credits belong to the account."""
    twin.credits_left.set("northwind", 12)
    for name in ("standard", "second"):
        key = next(each for each in KEYS.values() if each.name == name)
        answer = await plain.get(twin.url + CREDITS, headers={"x-api-key": key.value})
        assert answer.json()["creditSeconds"] == 12
        assert answer.json()["identity"] == name


async def test_voices_are_listed_as_clients_read_them(http):
    """Each voice has a name, a language, its code and its styles."""
    voices = (await http.get("/voices")).json()
    assert len(voices) == len(VOICES)
    assert {frozenset(each) for each in voices} == {
        frozenset({"name", "language", "languageCode", "styles"})
    }


async def test_voices_can_be_as_many_as_there_are(http, twin, speak):
    """A switch lists more than a menu holds, and they can be used."""
    twin.configure(many_voices=True)
    voices = (await http.get("/voices")).json()
    assert len(voices) == len(VOICES) + len(CROWD) == 908
    assert (await speak(query=f"?voice={voices[-1]['name']}")).status_code == 200


@pytest.mark.parametrize("status", ["400", "402", "403"])
async def test_account_without_credits_is_refused(twin, http, build, speak, status):
    """Which status it is no document says; nothing is begun."""
    twin.configure(without_credits=status)
    twin.credits_left.set("northwind", 0)
    for answer in (await build(), await speak()):
        assert answer.status_code == int(status)
        assert "credits" in answer.json()["error"]
    assert twin.jobs() == []


async def test_account_without_credits_can_fail_later_instead(twin, clock, build, speak, look):
    """The service may find out only when it knows the price."""
    twin.configure(without_credits="fails")
    twin.credits_left.set("northwind", 0)
    tasks = [(await build()).json(), (await speak()).json()]
    await clock.advance(120)
    for task in tasks:
        assert "credits" in (await look(task))["message"]


async def test_job_dearer_than_the_credits_fails_and_costs_nothing(twin, clock, build, look):
    """A video of six seconds is not made for five."""
    twin.credits_left.set("northwind", 5)
    task = (await build()).json()
    await clock.advance(120)
    assert "credits" in (await look(task))["message"]
    assert twin.credits_left.left("northwind") == 5


async def test_quota_of_the_day_is_refused_with_429(twin, clock, http):
    """Requests count until midnight, UTC, over all endpoints; a refused one does not count."""
    twin.configure(requests_per_day=2)
    statuses = [(await http.get(path)).status_code for path in ("/voices", CREDITS, "/voices")]
    assert statuses == [200, 200, 429]
    answer = await http.get("/voices")
    assert answer.json() == {"message": "Too Many Requests"}
    assert "Retry-After" not in answer.headers
    await clock.advance(14 * 3600)
    assert (await http.get("/voices")).status_code == 200


async def test_429_can_say_how_long_to_wait(twin, http):
    """A switch adds the header that no document names."""
    twin.configure(requests_per_day=0, retry_after=True)
    assert (await http.get("/voices")).headers["Retry-After"] == str(14 * 3600)


async def test_storage_is_outside_the_quota(twin, task, look):
    """Polling goes to the storage and counts for nothing."""
    twin.configure(requests_per_day=2)
    for _ in range(5):
        assert await look(task)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("DELETE", "/voices", 405), ("GET", "/video/build", 405)],
)
async def test_what_does_not_exist_is_said_in_json(http, method, path, status):
    """Unknown paths and methods answer with a `message`."""
    answer = await http.request(method, path)
    assert answer.status_code == status
    assert answer.json()["message"]


async def test_unknown_storage_path_is_an_xml_error(plain, twin):
    """The storage speaks another language than the API."""
    answer = await plain.get(f"{twin.url}/storage/nothing")
    assert answer.status_code == 404
    assert re.search("<Code>NotFound</Code>", answer.text)


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        ({"kind": "rate_limit", "seconds": 7}, 429, '{"message": "Too Many Requests"}'),
        ({"kind": "status", "status": 503}, 503, ""),
        ({"kind": "body", "status": 200, "body": "<html>"}, 200, "<html>"),
    ],
)
async def test_bad_days_come_on_demand(plain, http, fault, status, text):
    """Rules answer in the service's place, as often as they say."""
    await plain.post("faults", json=fault | {"match": "GET /voices"})
    answer = await http.get("/voices")
    assert (answer.status_code, answer.text) == (status, text)
    assert (await http.get("/voices")).status_code == 200


async def test_accepted_build_can_lose_its_answer(plain, upload, http, twin):
    """The paid call may have arrived although nobody heard of it."""
    token = await upload()
    await plain.post("faults", json={"match": "POST /video/build", "kind": "drop_after"})
    body = {name: token[name] for name in ("repository", "repositoryType")}
    with pytest.raises(httpx.RemoteProtocolError):
        await http.post("/video/build", json=body | {"source": "script.md"})
    assert len(twin.jobs()) == 1
    assert twin.journal.entries()[-1].status is None
