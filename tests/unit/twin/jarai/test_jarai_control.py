import asyncio

import httpx
import pytest

from twin.faults import Fault
from twin.jarai.app import JaraiTwin
from twin.jarai.catalogue import SOCIAL

ACCOUNTS = "/v1/partner/accounts"
PRODUCTIONS = f"{ACCOUNTS}/{SOCIAL.account_id}/productions"


async def test_productions_are_listed_with_what_was_asked(plain, production_id):
    """The list shows each production with its wish, counts and history."""
    (shown,) = (await plain.get("productions")).json()["productions"]
    assert shown["productionId"] == production_id
    assert shown["projectTypeSlug"] == "social-video-30s"
    assert (shown["submits"], shown["sequence"], shown["partner"]) == (1, 1, "northwind")
    assert shown["history"] == [{"status": "Queued", "at": "2026-11-21T10:00:00Z"}]


@pytest.mark.parametrize(
    ("actions", "status"),
    [
        (("pick_up",), "Producing"),
        (("pick_up", "step"), "Producing"),
        (("finish",), "AwaitingApproval"),
        (("finish", "release"), "Distributing"),
        (("finish", "reject"), "Cancelled"),
        (("cancel",), "Cancelled"),
        (("fail",), "Failed"),
        (("fail", "revive"), "Producing"),
    ],
)
async def test_operator_acts_over_http(plain, production_id, actions, status):
    """Each action answers with the production as it then is."""
    for action in actions:
        answer = await plain.post(f"productions/{production_id}/{action}")
    assert (answer.status_code, answer.json()["status"]) == (200, status)


async def test_failure_can_be_named(plain, production_id):
    """The reason given is what a look then shows."""
    reason = {"errorCode": "VOICE_1", "errorMessage": "No voice."}
    shown = (await plain.post(f"productions/{production_id}/fail", json=reason)).json()
    assert (shown["errorCode"], shown["errorMessage"]) == ("VOICE_1", "No voice.")


async def test_action_that_does_not_fit_is_a_conflict(plain, production_id):
    """A release before the approval answers 409 with a sentence."""
    answer = await plain.post(f"productions/{production_id}/release")
    assert answer.status_code == 409
    assert "Queued" in answer.json()["error"]


async def test_settings_are_shown_and_changed(twin, plain):
    """What is changed holds, what is not named stays."""
    answer = await plain.post("settings", json={"queued_s": 1, "tier": "free"})
    assert answer.json() == (await plain.get("settings")).json()
    assert (twin.settings.queued_s, twin.settings.tier, twin.settings.steps) == (1, "free", 15)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("settings", {"self": 1}),
        ("settings", {"queued_s": -1}),
        ("settings", {"queued_s": True}),
        ("settings", {"queued_s": 1e300}),
        ("settings", {"steps": 0}),
        ("settings", {"steps": 16}),
        ("settings", {"steps": 1.5}),
        ("settings", {"location": "sideways"}),
        ("settings", {"location": []}),
        ("settings", {"foreign_origin": "elsewhere"}),
        ("settings", {"foreign_origin": 5}),
        ("settings", {"hold_queue": 1}),
        ("settings", {"tier": "gold"}),
        ("settings", []),
        ("settings", "x"),
        ("clock", {}),
        ("clock", {"advance_s": "long"}),
        ("clock", {"advance_s": -1}),
        ("clock", {"advance_s": 1e300}),
        ("clock", {"speed": 1e6}),
        ("clock", {"speed": 1, "advance_s": 1}),
        ("faults", {}),
        ("faults", {"kind": "fire", "match": ""}),
        ("faults", {"kind": []}),
        ("faults", {"kind": "delay"}),
        ("faults", {"kind": "delay", "match": 5}),
        ("faults", {"kind": "delay", "match": "", "seconds": "long"}),
        ("faults", {"kind": "delay", "match": "", "seconds": -1}),
        ("faults", {"kind": "status", "match": "", "status": 99}),
        ("faults", {"kind": "status", "match": "", "status": 600}),
        ("faults", {"kind": "status", "match": "", "times": 0}),
        ("faults", {"kind": "status", "match": "", "skip": -1}),
        ("faults", {"kind": "status", "match": "", "nonsense": 1}),
        ("webhooks/next", {}),
        ("webhooks/next", {"drop": False}),
        ("webhooks/next", {"drop": True, "twice": True}),
        ("webhooks/next", {"late_s": True}),
        ("webhooks/next", {"late_s": "long"}),
        ("webhooks/next", {"drop": True, "event_type": 5}),
        ("productions/x/explode", {}),
        ("productions/x/fail", {"errorCode": 5}),
        ("productions/x/fail", {"reason": "x"}),
        ("productions/x/release", {"errorCode": "x"}),
    ],
)
async def test_wrong_input_is_refused_with_a_sentence(plain, path, body):
    """Whatever control is given, a mistake answers 400 and says what is wrong."""
    answer = await plain.post(path, json=body)
    assert answer.status_code == 400
    assert len(answer.json()["error"]) > 10


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 50_000], ids=["cut", "bytes", "deep"])
async def test_unreadable_input_is_refused(plain, content):
    """Bytes that are no JSON answer 400."""
    assert (await plain.post("settings", content=content)).status_code == 400


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=nan", "wait_s=inf", "wait_s=61"])
async def test_wrong_journal_query_is_refused(plain, query):
    """Numbers in the query are checked too."""
    assert (await plain.get(f"journal?{query}")).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nowhere", 404),
        ("GET", "productions/none", 404),
        ("POST", "productions/none/cancel", 404),
        ("DELETE", "settings", 405),
    ],
)
async def test_what_does_not_exist_is_said_in_json(plain, method, path, status):
    """Unknown paths, productions and methods answer in JSON as well."""
    answer = await plain.request(method, path)
    assert answer.status_code == status
    assert answer.json()["error"]


async def test_clock_is_moved_and_sped_up(twin, plain, clock, production_id):
    """Advancing runs what falls due; a speed is taken over."""
    answer = await plain.post("clock", json={"advance_s": 20})
    assert answer.json() == {"now": "2026-11-21T10:00:20+00:00"}
    assert twin.job(production_id).status == "Producing"
    await plain.post("clock", json={"speed": 60})
    assert clock.speed == 60


async def test_journal_tells_calls_without_secrets(plain, http, production_id, twin):
    """Entries name the key and never show it, nor a link's signature."""
    twin.act.finish(production_id)
    items = (await http.get(f"{PRODUCTIONS}/{production_id}/deliverables")).json()["deliverables"]
    await plain.get(items[0]["sasUrl"])
    await http.get("/v1/partner/webhooks", headers={"X-API-Key": "jarai_test_wrong"})
    answer = await plain.get("journal")
    assert [
        (each["what"].split("/")[1], each["status"], each["answer"])
        for each in answer.json()["entries"]
    ] == [
        ("v1", 202, None),
        ("v1", 200, None),
        ("files", 200, None),
        ("v1", 401, "UNAUTHORIZED"),
    ]
    assert answer.json()["entries"][0]["detail"]["key"] == "standard"
    signature = httpx.URL(items[0]["sasUrl"]).params["sig"]
    for secret in (twin.api_key, "jarai_test_wrong", signature):
        assert secret not in answer.text


async def test_journal_can_be_waited_on(plain, http):
    """A long poll ends as soon as something happens."""
    async with asyncio.timeout(10):
        waiting = asyncio.create_task(plain.get("journal?after=0&wait_s=30"))
        await http.get(ACCOUNTS)
        assert len((await waiting).json()["entries"]) == 1


async def test_journal_wait_ends_without_news(plain):
    """When nothing happens the answer is empty after the wait."""
    answer = await plain.get("journal?after=0&wait_s=0.01")
    assert answer.json() == {"number": 0, "entries": []}


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        ({"kind": "status", "status": 503}, 503, ""),
        ({"kind": "body", "status": 200, "body": "<html>"}, 200, "<html>"),
    ],
)
async def test_nonsense_is_answered_on_demand(plain, http, fault, status, text):
    """Faults answer in the service's place, with the correlation id still there."""
    await plain.post("faults", json=fault | {"match": "GET /accounts"})
    answer = await http.get(ACCOUNTS)
    assert (answer.status_code, answer.text) == (status, text)
    assert answer.headers["X-Correlation-Id"]
    assert (await http.get(ACCOUNTS)).json()["accounts"]


async def test_cut_connection_is_in_the_journal_without_a_status(twin, plain, http):
    """A call that got no answer is written down as such."""
    await plain.post("faults", json={"match": "accounts", "kind": "drop_before"})
    with pytest.raises(httpx.RemoteProtocolError):
        await http.get(ACCOUNTS)
    assert [entry.status for entry in twin.journal.entries()] == [None]


async def test_faults_are_listed_and_cleared(plain):
    """Rules can be read back and taken away."""
    added = await plain.post("faults", json={"match": "x", "kind": "status", "times": None})
    assert len(added.json()["faults"]) == 1
    assert (await plain.delete("faults")).json() == {"faults": []}
    assert (await plain.get("faults")).json() == {"faults": []}


async def test_one_fault_is_taken_away(plain):
    """The others stay; an id that is not there is 404."""
    for match in ("x", "y"):
        await plain.post("faults", json={"match": match, "kind": "status", "label": match})
    first, second = (await plain.get("faults")).json()["faults"]
    assert (await plain.delete(f"faults/{first['id']}")).json() == {"faults": [second]}
    assert (await plain.delete(f"faults/{first['id']}")).status_code == 404
    assert (await plain.delete("faults/x")).status_code == 404


async def test_chance_decides_with_the_numbers_given(clock):
    """A fault of half the calls hits those that the draw says."""
    drawn = iter([0.9, 0.1, 0.9])
    twin = JaraiTwin(clock, draw=lambda: next(drawn))
    await twin.start()
    twin.faults.add(Fault(match="", kind="status", status=503, times=None, probability=0.5))
    async with httpx.AsyncClient(headers={"X-API-Key": twin.api_key}) as http:
        answers = [(await http.get(f"{twin.url}{ACCOUNTS}")).status_code for _ in range(3)]
    await twin.stop()
    assert answers == [200, 503, 200]


async def test_refusing_service_ends_it_by_its_clock(twin, http, clock):
    """The port is closed for so many seconds, then the same address answers again."""
    twin.faults.add(Fault(match="", kind="refuse", seconds=10))
    await twin._server.door.settled()
    with pytest.raises(httpx.ConnectError):
        await http.get(ACCOUNTS)
    await clock.advance(10)
    await twin._server.door.settled()
    assert (await http.get(ACCOUNTS)).status_code == 200


async def test_journal_has_what_was_sent_and_answered_without_secrets(twin, http, plain, receiver):
    """Bodies show both ways; the secret that a registration answers does not."""
    wish = {"endpointUrl": receiver.url, "eventTypes": ["production.queued"]}
    secret = (await http.post("/v1/partner/webhooks", json=wish)).json()["signingSecret"]
    await twin.webhooks.send_raw(b'{"eventType": "x"}')
    answer = await plain.get("journal")
    registered, sent = (entry["detail"] for entry in answer.json()["entries"])
    assert registered["payload"] == wish
    assert "webhookId" in registered["body"]
    assert (sent["payload"], sent["body"]) == ({"eventType": "x"}, "")
    assert secret not in answer.text


async def test_refused_submit_shows_what_was_sent(plain, submit):
    """What a fault answered in the service's place is in the journal with the body it refused."""
    await plain.post("faults", json={"match": "POST /", "kind": "status", "status": 503})
    await submit()
    (entry,) = (await plain.get("journal")).json()["entries"]
    assert (entry["status"], entry["detail"]["payload"]["topic"]) == (503, "Autumn range teaser")
