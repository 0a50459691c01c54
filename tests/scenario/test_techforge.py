"""TechForge through the whole bot: projects that shape the form, the gate, a retry in place."""

import json

import pytest

from tests.rig import ANA, BO, MARKETING, TOPIC
from tests.scenario.on_techforge import job, order, paid, with_techforge
from tests.scenario.titlecard import choose, labels
from twin.faults import Fault
from twin.slack.text import inputs, visible_text
from twin.techforge.catalogue import CATALOGUE, STORE_TOUR


@pytest.fixture
async def rig(make_rig, monkeypatch):
    return await with_techforge(make_rig, monkeypatch)


def grown(count=300):
    """Make every project want so many fields filled in, by default more than a form can ask."""
    fields = {f"f{n}": {"label": f"Field {n}", "required": True} for n in range(count)}
    body = json.dumps({"data": {"fields": fields}})
    return Fault(match="/mapping-fields", kind="body", status=200, body=body, times=None)


async def test_the_chosen_project_becomes_the_form(rig):
    """With what is left above the button; kinds that no page knows are texts."""
    view = await rig.open_form(TOPIC)
    assert labels(view) == ["Topic", "Project"]
    view = await choose(rig, "Project", "Store tour")
    assert labels(view)[2:5] == ["Greeting", "Brand colour", "Logo"]
    assert "Volume of the music" in labels(view)
    assert "TechForge has 1,250 credits left." in visible_text(view)
    view = await choose(rig, "Project", "Product reading")
    assert labels(view) == ["Topic", "Project", "Script"]


@pytest.mark.parametrize("public_url", [None, ...], ids=["addresses", "uploads"])
async def test_sixty_fields_open_and_arrive(make_rig, monkeypatch, public_url):
    """However many steps it takes: with uploads each file has two inputs."""
    options = {"public_url": None} if public_url is None else {}
    rig = await with_techforge(make_rig, monkeypatch, **options)
    await rig.open_form(TOPIC)
    view = await choose(rig, "Project", "Whole catalogue, 15 scenes")
    while True:
        fields = [one for one in inputs(view["blocks"]) if one["element"]["type"] != "file_input"]
        asked = [one["label"]["text"] for one in fields]
        values = {
            label: "x" if label.endswith(("title", "text")) else "https://assets.example/a"
            for label in asked
            if label.startswith("Scene ")
        }
        sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values=values)
        assert not sent["errors"], sent
        if sent["response_action"] != "push":
            break
        view = rig.slack.views(ANA)[-1]
    await rig.advance(2)
    assert len(CATALOGUE.fields) == 60
    assert job(rig).wish.values.keys() == CATALOGUE.fields.keys()
    assert rig.state(rig.cards()[-1]["ts"]) == "Queued"


async def test_a_project_that_needs_more_than_a_form_can_ask_is_not_ordered(rig):
    """The form says so, sending it says so too, and nothing is recorded or paid."""
    rig.besides.faults.add(grown())
    await rig.open_form(TOPIC)
    view = await choose(rig, "Project", "Store tour")
    assert "wants 302 fields filled in for this" in visible_text(view)
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values={})
    assert "why it can't be sent" in str(sent["errors"])
    rig.besides.faults.clear()
    view = await choose(rig, "Project", "Product reading")
    assert labels(view) == ["Topic", "Project", "Script"]
    assert (rig.cards(), paid(rig)) == ([], [])


async def test_a_project_that_has_grown_meanwhile_is_not_ordered(rig):
    """What was drawn before still stands as it was, and is not sent without the rest."""
    rig.besides.faults.add(grown(262))
    await rig.open_form(TOPIC)
    view = await choose(rig, "Project", "Store tour")
    rig.besides.faults.clear()
    rig.besides.faults.add(grown())
    await rig.advance(600, step_s=300)
    chosen = {"project": f"{STORE_TOUR.project_id}/{STORE_TOUR.type}"}
    await rig.app.parts.providers.of("techforge").form(chosen)
    values = {one: "x" for one in labels(view) if one.startswith("Field ")}
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values=values)
    assert sent["response_action"] == "update", sent
    assert "wants 302 fields filled in" in visible_text(sent["view"])
    assert "look it over and send it" not in visible_text(sent["view"])
    assert (rig.cards(), paid(rig)) == ([], [])


async def test_what_is_finished_waits_at_the_gate_and_its_links_outlive_techforges(rig):
    """Approve is the last word; a click days later is signed anew."""
    card = await order(rig)
    rig.besides.act.finish(job(rig).uuid)
    await rig.advance(40)
    assert rig.state(card) == "Awaiting approval"
    cost = f"It cost {job(rig).credit_used:g} credits."
    assert cost in rig.text(card)
    await rig.click("Approve", card, user=BO)
    await rig.advance(2)
    assert rig.state(card) == "Completed"
    assert cost in rig.text(card)
    assert any(cost in one["text"] for one in rig.replies(card))
    (link,) = rig.links(card)
    first = await rig.fetch(link, hops=1)
    await rig.advance(3 * 86_400, step_s=7200.0)
    again = await rig.fetch(link, hops=1)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content


async def test_a_failed_job_is_taken_up_again_in_place(rig):
    """One paid call with the same id, asked for after a warning; the attempt stays the same."""
    card = await order(rig)
    rig.besides.act.fail(job(rig).uuid, reason="No face was found.")
    await rig.advance(40)
    assert rig.state(card) == "Failed"
    assert "No face was found." in rig.text(card)
    clicked = await rig.click("Retry", card, user=ANA)
    assert clicked["confirm"] is not None
    await rig.advance(5)
    assert paid(rig) == ["POST /jobs/v2", "POST /jobs/trigger-job"]
    assert len(rig.besides.jobs()) == 1
    assert rig.state(card) == "Queued"
    rig.besides.act.finish(job(rig).uuid)
    await rig.advance(40)
    assert rig.state(card) == "Awaiting approval"


async def test_a_click_that_comes_again_after_another_failure_pays_nothing(rig):
    """Delivered once more, or confirmed late by a colleague: they are told, and nothing is sent."""
    card = await order(rig)
    rig.besides.act.fail(job(rig).uuid)
    await rig.advance(40)
    await rig.click("Retry", card, user=ANA)
    clicked = rig.delivered("block_actions")
    await rig.advance(5)
    rig.besides.act.fail(job(rig).uuid)
    await rig.advance(40)
    assert rig.state(card) == "Failed"
    await rig.replay(clicked)
    await rig.advance(5)
    assert rig.state(card) == "Failed"
    assert paid(rig).count("POST /jobs/trigger-job") == 1
    assert "somebody has already pressed one like it" in rig.private(ANA)[-1]
    await rig.click("Retry", card, user=ANA)
    await rig.advance(5)
    assert paid(rig).count("POST /jobs/trigger-job") == 2


async def test_submit_again_that_comes_again_pays_nothing(rig):
    """While it is unknown once more, an old click decides nothing."""
    card = await order(rig)
    rig.besides.act.fail(job(rig).uuid)
    await rig.advance(40)
    rig.besides.faults.add(Fault(match="POST /jobs/trigger-job", kind="drop_after", times=2))
    await rig.click("Retry", card, user=ANA)
    await rig.advance(10)
    await rig.click("Submit again", card, user=ANA)
    clicked = rig.delivered("block_actions")
    await rig.advance(10)
    assert rig.state(card) == "Submission unknown"
    await rig.replay(clicked)
    await rig.advance(5)
    assert rig.state(card) == "Submission unknown"
    assert paid(rig).count("POST /jobs/trigger-job") == 2
    assert "somebody has already pressed one like it" in rig.private(ANA)[-1]


async def test_retry_on_a_card_of_before_rounds_pays_nothing_and_says_where_to_press(rig):
    """Its value does not tell whether it was pressed before; the list has buttons that do."""
    card = await order(rig)
    rig.besides.act.fail(job(rig).uuid)
    await rig.advance(40)
    await rig.click("Retry", card, user=BO)
    clicked = rig.delivered("block_actions")
    production_id = clicked.detail["payload"]["actions"][0]["value"].split(".")[1]
    await rig.advance(5)
    rig.besides.act.fail(job(rig).uuid)
    await rig.advance(40)
    (action,) = clicked.detail["payload"]["actions"]
    old = {**action, "value": f"1.{production_id}.1"}
    await rig.replay(clicked, actions=[old])
    await rig.advance(5)
    assert paid(rig).count("POST /jobs/trigger-job") == 1
    assert "from before an update of this bot" in rig.private(BO)[-1]
    await rig.slack.act.command(user=BO, channel=MARKETING, text=f"retry {production_id}")
    await rig.advance(5)
    assert paid(rig).count("POST /jobs/trigger-job") == 2


async def test_a_retry_whose_answer_is_lost_asks_a_person(rig):
    """It may have been paid for, so it is not sent again by itself."""
    card = await order(rig)
    rig.besides.act.fail(job(rig).uuid)
    await rig.advance(40)
    rig.besides.faults.add(Fault(match="POST /jobs/trigger-job", kind="drop_after"))
    await rig.click("Retry", card, user=ANA)
    await rig.advance(600)
    assert rig.state(card) == "Submission unknown"
    assert paid(rig).count("POST /jobs/trigger-job") == 1
