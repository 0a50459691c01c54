"""The services' desks, the log with its bodies, and web pages that may not act."""

import json

import aiohttp
import httpx
import pytest

from tests.unit.twin.slack.page_support import a_production, state_of
from tests.unit.twin.slack.support import (
    MARKETING,
    START,
    client_of,
    stand_in_bot,
)
from twin.clock import Clock
from twin.jarai.app import JaraiTwin
from twin.launch import MAKERS, Twins


async def test_desk_shows_a_service_and_its_jobs(http, beside):
    """Each production comes with the operator's actions that fit where it stands."""
    await a_production(beside)
    (desk,) = (await state_of(http))["services"]
    assert (desk["name"], desk["label"], desk["speed"]) == ("jarai", "JARAI", 0)
    assert desk["settings"]["queued_s"] == 20
    (job,) = desk["jobs"]
    assert (job["topic"], job["status"], job["step"]) == ("Cats", "Queued", None)
    for action in job["actions"]:
        assert action in {"pick_up", "finish", "cancel", "fail"}


@pytest.mark.parametrize(
    "moves", [(), ("pick_up",), ("finish",), ("finish", "release"), ("fail",), ("cancel",)]
)
async def test_desk_offers_only_actions_that_work(twin, http, beside, moves):
    """Every action on offer is done when asked for."""
    await a_production(beside)
    (job,) = beside.jobs()
    for move in moves:
        getattr(beside.act, move)(job.production_id)
    offered = beside.desk()["jobs"][0]["actions"]
    for action in offered:
        jarai = JaraiTwin(Clock(start=START, speed=0))
        jarai._jobs.put(beside.job(job.production_id))
        getattr(jarai.act, action)(job.production_id)
    path = f"/__twin/services/jarai/productions/{job.production_id}"
    for action in {"pick_up", "step", "finish", "release", "reject", "revive"} - set(offered):
        assert (await http.post(f"{path}/{action}")).status_code == 409


async def test_calls_are_passed_on_to_a_service(http, beside):
    """Method, path, query and body arrive; status and answer come back."""
    added = await http.post(
        "/__twin/services/jarai/faults", json={"match": "x", "kind": "status", "label": "down"}
    )
    (rule,) = added.json()["faults"]
    assert rule["label"] == "down"
    gone = await http.delete(f"/__twin/services/jarai/faults/{rule['id']}")
    assert gone.json() == {"faults": []}
    await a_production(beside)
    log = await http.get("/__twin/services/jarai/journal?after=0")
    (entry,) = log.json()["entries"]
    assert entry["detail"]["payload"]["topic"] == "Cats"
    assert json.loads(entry["detail"]["body"])["productionId"]
    assert (await http.post("/__twin/services/jarai/clock", json={})).status_code == 400


@pytest.mark.parametrize("path", ["vimeo/journal", "jarai/..%2Fv1/partner/accounts"])
async def test_only_control_of_known_services_is_reached(http, beside, path):
    """Other names and ways out of the control prefix are not found."""
    assert (await http.get(f"/__twin/services/{path}")).status_code == 404


async def test_service_that_is_gone_is_a_sentence(http, beside):
    """When the service takes no connection, the page is told which."""
    await beside.stop()
    answer = await http.get("/__twin/services/jarai/journal")
    assert (answer.status_code, "JARAI" in answer.json()["error"]) == (502, True)


async def test_launch_puts_every_service_on_the_desk():
    """The page of `greenlight twin` knows each, and the printed line knows the page."""
    twins = Twins()
    await twins.start()
    async with httpx.AsyncClient() as http:
        state = (await http.get(f"{twins.slack.url}/__twin/page/state")).json()
    known = twins.as_json()["slack"]
    await twins.stop()
    assert [one["name"] for one in state["services"]] == list(MAKERS)
    assert known["page"] == known["control"].removesuffix("__twin/")
    assert known["app_token"] == "xapp-twin-app-token"


async def test_log_has_the_bodies_of_calls_without_tokens(twin, http):
    """Arguments and answers show; what would let somebody act does not."""
    async with client_of(twin) as bot:
        await bot.auth_test()
        await bot.chat_postMessage(channel=MARKETING, text="x" * 5000)
    answer = await http.get("/__twin/journal?after=0")
    first, second = answer.json()["entries"]
    assert json.loads(first["detail"]["body"])["ok"]
    assert second["detail"]["args"]["channel"] == MARKETING
    assert len(second["detail"]["body"]) == 4000
    assert twin.bot_token not in answer.text


async def test_log_has_what_a_bot_answered(twin, http):
    """Deliveries show the payload, the answer and how long it took."""
    async with stand_in_bot(twin) as bot:
        bot.answer = lambda _: aiohttp.web.json_response({"text": "working on it"})
        await twin.act.command(user="U0ANA", channel=MARKETING, text="Cats")
    (entry,) = (await http.get("/__twin/journal?after=0")).json()["entries"]
    assert entry["detail"]["payload"]["text"] == "Cats"
    assert json.loads(entry["detail"]["body"]) == {"text": "working on it"}
    assert entry["detail"]["ms"] >= 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "own"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "[oops"}, 403),
        ({"Host": "localhost"}, 200),
        ({"Host": "[::1]:4000"}, 200),
    ],
)
@pytest.mark.parametrize("name", ["slack", "jarai"])
async def test_web_pages_of_others_cannot_act(twin, beside, name, headers, status):
    """Only the twin's own page, and what is no web page at all, changes anything."""
    url = {"slack": twin.url, "jarai": beside.url}[name]
    headers = {key: url if value == "own" else value for key, value in headers.items()}
    async with httpx.AsyncClient(base_url=url, headers=headers) as http:
        answer = await http.post("/__twin/faults", json={"match": "x", "kind": "status"})
    assert answer.status_code == status
    assert ("error" in answer.json()) == (status == 403)
    rules = {"slack": twin, "jarai": beside}[name].faults.as_json()
    assert bool(rules) == (status == 200)


async def test_rebound_name_cannot_even_look(twin):
    """A name that somebody pointed at loopback reads nothing either."""
    async with httpx.AsyncClient(base_url=twin.url, headers={"Host": "evil.example"}) as http:
        assert (await http.get("/__twin/page/state")).status_code == 403
