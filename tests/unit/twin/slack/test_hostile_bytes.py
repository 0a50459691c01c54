"""Bytes that mean harm, at the local Slack's edges: a refusal, nothing kept, nobody held up."""

import json

import pytest
from yarl import URL

from tests.unit.twin.slack.oauth_support import manifest
from tests.unit.twin.slack.support import MARKETING, button, client_of, modal, section
from twin.faults import RULES_MOST
from twin.slack.control.apps import APPS_MOST
from twin.slack.install.page import TICKETS_MOST

FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "feedback",
            "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "good"},
            "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "bad"},
        }
    ],
}
SECRET_LINK = "https://files.example.com/a.mp4?sig=abcdef"


@pytest.mark.parametrize("path", ["/clock", "//", "%2Fetc/passwd", "%2f%2e%2e/x"])
async def test_path_that_begins_anew_reaches_no_service(session, twin, beside, path):
    """A second slash, written out or not, is no way to a service's endpoints."""
    url = URL(f"{twin.url}/__twin/services/{beside.name}/{path}", encoded=True)
    async with session.get(url) as answer:
        assert answer.status == 404
        assert "error" in await answer.json()


async def test_half_a_character_is_refused_wherever_it_stands(http, twin):
    """An app cannot be given a name that no page could show."""
    wanted = manifest(request_url=twin.app.request_url, redirect_urls=[])
    wanted["display_information"]["name"] = "\ud800"
    answer = await http.post("/__twin/apps", content=json.dumps({"manifest": wanted}))
    assert (answer.status_code, answer.json()["error"]) == (400, "the body holds half a character")


@pytest.mark.parametrize("option", [{}, [], 7, None, "Perhaps"])
async def test_feedback_takes_one_of_its_two_buttons(http, client, option):
    """Anything else that is pressed is told to the person, whatever it is made of."""
    posted = await client.chat_postMessage(channel=MARKETING, text="x", blocks=[FEEDBACK])
    where = {"user": "U0ANA", "channel": MARKETING, "ts": posted["ts"]}
    press = {**where, "action_id": "feedback", "option": option}
    answer = await http.post("/__twin/click", json=press)
    assert (answer.status_code, answer.json()["error"]) == (200, "client: say which option")


async def test_feedback_without_a_name_is_given_one(http, client):
    """As everywhere else, a person can press what the bot did not name, and is told of it."""
    (buttons,) = FEEDBACK["elements"]
    nameless = {name: value for name, value in buttons.items() if name != "action_id"}
    unnamed = {**FEEDBACK, "elements": [nameless]}
    posted = await client.chat_postMessage(channel=MARKETING, text="x", blocks=[unnamed])
    where = {"user": "U0ANA", "channel": MARKETING, "ts": posted["ts"]}
    answer = await http.post("/__twin/click", json={**where, "button": "Nothing"})
    assert answer.json()["error"].startswith("client: nothing to click called 'Nothing'")
    assert posted["message"]["blocks"][0]["elements"][0]["action_id"]


@pytest.mark.parametrize("kind", [[], {}, 7, "loud"])
async def test_response_type_that_is_none_is_refused(http, bot, client, kind):
    """A response URL takes two words and survives all else."""
    posted = await client.chat_postMessage(
        channel=MARKETING, text="x", blocks=[{"type": "actions", "elements": [button()]}]
    )
    where = {"user": "U0ANA", "channel": MARKETING, "ts": posted["ts"]}
    await http.post("/__twin/click", json={**where, "button": "Go"})
    url = bot.received[-1].payload["response_url"]
    answer = await http.post(url, json={"text": "x", "response_type": kind})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_payload")


@pytest.mark.parametrize("part", [b'name="file"; filename="a"', b'name="text"'])
async def test_form_of_more_parts_than_make_sense_is_not_read_on(http, part):
    """A form of a million empty parts is refused at the first too many."""
    one = b"--x\r\nContent-Disposition: form-data; " + part + b"\r\n\r\n\r\n"
    kind = "multipart/form-data; boundary=x"
    answer = await http.post("/__twin/upload", content=one * 20, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]) == (400, "the form has too many parts")


async def test_rules_have_an_end(http, twin):
    """Whoever adds rules for ever is told to stop, and the log stays quick."""
    rule = {"match": "nothing", "kind": "status"}
    answers = [await http.post("/__twin/faults", json=rule) for _ in range(RULES_MOST + 1)]
    assert [one.status_code for one in answers[-2:]] == [200, 400]
    assert len(twin.faults.as_json()) == RULES_MOST


async def test_apps_have_an_end(http, twin):
    """Whoever registers apps for ever is told to stop."""
    body = {"manifest": manifest(request_url="https://x.example.com", redirect_urls=[])}
    while len(twin.directory.apps) < APPS_MOST:
        assert (await http.post("/__twin/apps", json=body)).status_code == 200
    answer = await http.post("/__twin/apps", json=body)
    assert (answer.status_code, len(twin.directory.apps)) == (400, APPS_MOST)


async def test_install_pages_that_nobody_answers_are_forgotten(http, twin):
    """Of pages opened for ever only the newest can still be answered."""
    twin.app.redirect_urls = ("https://x.example.com",)
    link = "/oauth/v2/authorize?client_id=111.222&scope=chat:write"
    first, *_ = [(await http.get(link)).text for _ in range(TICKETS_MOST + 1)]
    ticket = first.partition('name="ticket" value="')[2].partition('"')[0]
    answer = await http.post("/oauth/v2/authorize", data={"ticket": ticket})
    assert answer.status_code == 400


async def test_journal_keeps_no_secret_that_was_sent(http, twin, client):
    """Tokens and signatures of links are taken out of what the bot sent, not only of answers."""
    await client.chat_postMessage(
        channel=MARKETING, text=SECRET_LINK, blocks=[section(SECRET_LINK)]
    )
    await http.post("/api/api.test", json={"token": "xoxb-a-secret", "x": "xapp-another-secret"})
    shown = (await http.get("/__twin/journal")).text
    for secret in ("abcdef", "a-secret", "another-secret"):
        assert secret not in shown
    assert "files.example.com" in shown


async def test_journal_keeps_no_secret_that_is_delivered(http, twin, bot, client):
    """The same holds for what is sent to the bot."""
    async with client_of(twin) as app:
        sent = await app.chat_postMessage(
            channel=MARKETING,
            text=SECRET_LINK,
            blocks=[section(SECRET_LINK), {"type": "actions", "elements": [button()]}],
        )
    where = {"user": "U0ANA", "channel": MARKETING, "ts": sent["ts"]}
    await http.post("/__twin/click", json={**where, "button": "Go"})
    assert "abcdef" in json.dumps(bot.received[-1].payload)
    assert "abcdef" not in (await http.get("/__twin/journal")).text


async def test_journal_cuts_what_is_huge(http, twin):
    """A thousand calls of a megabyte do not fill the memory."""
    huge = {"token": "xoxb-a-secret", "x": "a" * 800_000, "y": [1], "z": {"b": "c" * 90_000}}
    await http.post("/api/api.test", json=huge | {str(number): 1 for number in range(10_000)})
    (entry,) = twin.journal.entries()
    assert len(json.dumps(entry.detail)) < 20_000
    assert entry.detail["args"]["y"] == [1]
    assert "a-secret" not in json.dumps(entry.detail)


async def test_journal_keeps_an_ordinary_form_whole(http, twin, client):
    """What bots really send can be looked at as it was sent."""
    view = modal()
    await http.post(
        "/api/views.open",
        json={"trigger_id": "x", "view": view},
        headers={"Authorization": f"Bearer {twin.bot_token}"},
    )
    assert twin.journal.entries()[-1].detail["args"]["view"] == view
