"""Whatever fields and projects an account has, the form opens, and what is typed arrives."""

import pytest

from bot.core.form import FIELDS_MOST
from tests.rig import ANA, TOPIC
from tests.scenario.on_techforge import with_techforge
from tests.scenario.titlecard import choose, held, labels
from twin.slack.text import inputs, visible_text
from twin.techforge.app import TechForgeTwin
from twin.techforge.catalogue import NORTHWIND, PROJECTS, Field, Project

NAME = "Odd one"
ONE_SPACE = "a  b"


@pytest.fixture
async def rig(make_rig, monkeypatch):
    async def start(clock):
        twin = TechForgeTwin(clock)
        twin.configure(queued_s=100_000)
        await twin.start()
        monkeypatch.setenv("TECHFORGE_API_KEY", twin.api_key)
        monkeypatch.setenv("TECHFORGE_BASE_URL", twin.url)
        return twin

    return await make_rig(beside=start, jarai_api_key=None)


@pytest.fixture
def offer(monkeypatch):
    """Give what makes the account have these projects and no others."""

    def offered(*projects):
        for project_id in list(PROJECTS):
            monkeypatch.delitem(PROJECTS, project_id)
        for number, (name, fields) in enumerate(projects):
            project = Project(
                project_id=f"1d2e3f40-7a10-4bbb-8ccc-{number:012d}",
                account=NORTHWIND,
                name=name,
                type="pdf",
                fields=fields,
            )
            monkeypatch.setitem(PROJECTS, project.project_id, project)

    return offered


async def filled(rig, view, *, read=None):
    """Write something into every field of the form, step by step; gives what was written.

    Args:
        read: A list that takes the words of each step.
    """
    written = {}
    while True:
        if read is not None:
            read.append(visible_text(view))
        texts = [one for one in inputs(view["blocks"]) if one["block_id"].startswith("field.text.")]
        values = {one["block_id"]: {"entered": f"for {one['block_id']}"} for one in texts}
        written |= {
            block_id.removeprefix("field.text."): text["entered"]
            for block_id, text in values.items()
        }
        sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values=values)
        assert (sent["error"], sent["errors"]) == (None, {}), sent
        if sent["response_action"] != "push":
            break
        view = rig.slack.views(ANA)[-1]
    assert rig.slack.views(ANA) == []
    await rig.advance(2)
    return written


def texts(count):
    """Make so many fields."""
    return {f"f{number}": Field(label=f"Field {number}") for number in range(count)}


@pytest.mark.parametrize("count", [0, 1, 3, 60, 88, 89, 91, 178, 250])
async def test_any_number_of_fields_is_asked_and_arrives(rig, offer, count):
    """In as many steps as it takes; none is asked twice and none is left out."""
    offer((NAME, texts(count)), ("Another", {}))
    await rig.open_form(TOPIC)
    written = await filled(rig, await choose(rig, "Project", NAME))
    assert len(written) == count
    assert rig.besides.jobs()[-1].wish.values == written
    assert rig.state(rig.cards()[-1]["ts"]) == "Queued"


@pytest.mark.parametrize(
    "label",
    [
        "L" * 200,
        "Long words " * 200,
        "",
        " \n\t",
        "🎬",
        "<!channel> *bold* _it_ <https://example.com|here> & &amp;",
        "two\nlines",
        "\u202eright to left",
        "\u0000\u0007",
        "\u200b",
        "Topic",
        "Project",
    ],
    ids=[
        "200",
        "2200",
        "empty",
        "blank",
        "emoji",
        "markup",
        "lines",
        "bidi",
        "control",
        "zero",
        "topic",
        "project",
    ],
)
async def test_any_label_is_drawn_as_a_field(rig, offer, label):
    """Two fields of one label are two fields; nobody is called, and nothing is formatted."""
    offer((NAME, {"one": Field(label=label), "two": Field(label=label)}), ("Another", {}))
    await rig.open_form(TOPIC)
    view = await choose(rig, "Project", NAME)
    written = await filled(rig, view)
    assert rig.besides.jobs()[-1].wish.values == written
    assert list(written) == ["one", "two"]


@pytest.mark.parametrize(
    "kind", ["color_picker", "VIDEO", "", None, "text", "a" * 500, "😀", "x.y"]
)
async def test_unknown_kinds_are_asked_as_texts(rig, offer, kind):
    """They may be newer than we are."""
    offer((NAME, {"odd": Field(label="Odd", instruction_type=kind)}), ("Another", {}))
    await rig.open_form(TOPIC)
    written = await filled(rig, await choose(rig, "Project", NAME))
    assert rig.besides.jobs()[-1].wish.values == written == {"odd": "for field.text.odd"}


@pytest.mark.parametrize(
    "name",
    [
        "a.b.c",
        "with space",
        "ключ",
        "😀",
        "a/b",
        'quote"s',
        "topic",
        "project",
        "music.url",
        "__proto__",
        "text.x",
        "%41",
        "#",
        "x" * 160,
    ],
)
async def test_any_id_comes_back_as_it_is(rig, offer, name):
    """It is the project's own word, and nothing of ours is mistaken for it."""
    offer((NAME, {name: Field(label="Odd")}), ("Another", {}))
    await rig.open_form(TOPIC)
    written = await filled(rig, await choose(rig, "Project", NAME))
    assert rig.besides.jobs()[-1].wish.values == written
    assert list(written) == [name]


@pytest.mark.parametrize("name", ["x" * 300, ONE_SPACE, " x", "two\nlines", "\u0000", ""])
async def test_field_that_cannot_be_asked_is_said(rig, offer, name):
    """Its id would not survive a form; the rest can be sent, and people know what is missing."""
    offer((NAME, {name: Field(label="Odd thing"), "good": Field(label="Good")}), ("Another", {}))
    await rig.open_form(TOPIC)
    view = await choose(rig, "Project", NAME)
    assert "Odd thing" not in labels(view)
    assert "“Odd thing” can't be asked here" in visible_text(view)
    written = await filled(rig, view)
    assert list(rig.besides.jobs()[-1].wish.values) == list(written) == ["good"]


async def test_fields_beyond_what_a_form_holds_are_said(rig, offer):
    """How many, and where all can be filled in; what is asked arrives."""
    offer((NAME, texts(275)), ("Another", {}))
    await rig.open_form(TOPIC)
    view = await choose(rig, "Project", NAME)
    steps = []
    written = await filled(rig, view, read=steps)
    assert len(written) == FIELDS_MOST - len(["Topic", "Project"])
    assert rig.besides.jobs()[-1].wish.values == written
    assert ["7 more fields" in step for step in steps] == [False, False, True]


async def test_account_without_projects_says_so(rig, offer):
    """In the form, with what to do about it; nothing can be sent."""
    offer()
    view = await rig.open_form(TOPIC)
    assert "has no active project" in visible_text(view)
    assert labels(view) == ["Topic"]


async def test_a_hundred_and_fifty_projects_can_all_be_chosen(rig, offer):
    """Slack lists a hundred in a group, so a type that has more gets further groups."""
    offer(*((f"Project {number:03d}", texts(1)) for number in range(150)))
    view = await rig.open_form(TOPIC)
    (project,) = [one for one in inputs(view["blocks"]) if one["label"]["text"] == "Project"]
    groups = project["element"]["option_groups"]
    names = [option["text"]["text"] for group in groups for option in group["options"]]
    assert names == [f"Project {number:03d}" for number in range(150)]
    assert len({group["label"]["text"] for group in groups}) == len(groups) == 2
    assert "can't be listed" not in visible_text(view)
    written = await filled(rig, await choose(rig, "Project", "Project 149"))
    assert rig.besides.jobs()[-1].wish.values == written


MEDIA = {
    "voice": Field(label="Voice", instruction_type="audio"),
    "face": Field(label="Face", instruction_type="image"),
    "words": Field(label="Words"),
}


@pytest.fixture
async def plain_rig(make_rig, monkeypatch):
    """Take addresses only: without a public address of our own nothing can be uploaded."""
    return await with_techforge(make_rig, monkeypatch, public_url=None)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("voice.mp3", "it is not https"),
        ("https://192.168.0.9/voice.mp3", "private network"),
    ],
)
async def test_an_address_that_cannot_be_used_is_said_under_its_field(
    plain_rig, offer, address, words
):
    """Nothing is recorded; with another address the same form is sent."""
    offer((NAME, MEDIA), ("Another", {}))
    await plain_rig.open_form(TOPIC)
    view = await choose(plain_rig, "Project", NAME)
    values = {"Voice": address, "Face": "https://assets.example/face.png"}
    sent = await plain_rig.slack.act.submit(user=ANA, view_id=view["id"], values=values)
    await plain_rig.advance(2)
    assert list(sent["errors_by_label"]) == ["Voice"], sent
    assert words in sent["errors_by_label"]["Voice"]
    assert (plain_rig.cards(), plain_rig.besides.jobs()) == ([], [])
    values = {"Voice": "https://assets.example/voice.mp3"}
    sent = await plain_rig.slack.act.submit(user=ANA, view_id=view["id"], values=values)
    assert not sent["errors"], sent
    await plain_rig.advance(2)
    assert plain_rig.besides.jobs()[-1].wish.values["voice"] == {"audio_url": values["Voice"]}


async def test_a_complaint_about_an_earlier_step_names_its_field(plain_rig, offer):
    """It stands under the first field there is, and whoever goes back can put it right."""
    offer((NAME, MEDIA | texts(120)), ("Another", {}))
    await plain_rig.open_form(TOPIC)
    view = await choose(plain_rig, "Project", NAME)
    first = {"Voice": "https://192.168.0.9/voice.mp3"}
    await plain_rig.slack.act.submit(user=ANA, view_id=view["id"], values=first)
    over = plain_rig.slack.views(ANA)[-1]
    sent = await plain_rig.slack.act.submit(user=ANA, view_id=over["id"], values={})
    (words,) = sent["errors_by_label"].values()
    assert words.startswith("Go back to “Voice”: ")
    assert plain_rig.cards() == []
    await plain_rig.slack.act.close(user=ANA, view_id=over["id"])
    right = {"Voice": "https://assets.example/voice.mp3"}
    await plain_rig.slack.act.submit(user=ANA, view_id=view["id"], values=right)
    over = plain_rig.slack.views(ANA)[-1]
    await plain_rig.slack.act.submit(user=ANA, view_id=over["id"], values={})
    await plain_rig.advance(2)
    assert len(plain_rig.besides.jobs()) == 1


async def test_a_form_in_which_nothing_is_filled_in_is_not_sent(rig, offer):
    """TechForge would make, and charge, something of nothing; with one field it is sent."""
    offer((NAME, MEDIA), ("Another", {}))
    await rig.open_form(TOPIC)
    view = await choose(rig, "Project", NAME)
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values={})
    await rig.advance(2)
    assert list(sent["errors_by_label"]) == ["Voice, or its address"], sent
    assert "Fill in at least one field" in str(sent["errors"])
    assert (rig.cards(), rig.besides.jobs()) == ([], [])
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values={"Words": "Hello."})
    await rig.advance(2)
    assert rig.besides.jobs()[-1].wish.values == {"words": "Hello."}


async def test_what_was_typed_into_a_project_is_there_again_when_it_comes_back(rig, offer):
    """Also after two others; what was emptied stays empty, and nothing of another is sent."""
    offer((NAME, texts(3)), ("Another", texts(1) | {"own": Field(label="Own")}), ("Bare", {}))
    await rig.open_form(TOPIC)
    await choose(rig, "Project", NAME)
    await choose(rig, "Project", "Another", values={"Field 0": "zero", "Field 1": "one"})
    await choose(rig, "Project", "Bare", values={"Own": "mine"})
    view = await choose(rig, "Project", NAME)
    shown = held(view)
    assert [shown[f"Field {n}"] for n in range(3)] == ["zero", "one", None]
    view = await choose(rig, "Project", "Another", values={"Field 1": ""})
    assert held(view)["Own"] == "mine"
    view = await choose(rig, "Project", NAME)
    assert held(view)["Field 1"] is None
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values={})
    assert not sent["errors"], sent
    await rig.advance(2)
    assert rig.besides.jobs()[-1].wish.values == {"f0": "zero"}


async def test_what_was_typed_is_kept_from_other_eyes(rig, offer):
    """Neither the form's metadata nor the database shows it."""
    offer((NAME, texts(1)), ("Another", {}))
    await rig.open_form(TOPIC)
    await choose(rig, "Project", NAME)
    view = await choose(rig, "Project", "Another", values={"Field 0": "for few eyes"})
    assert "few eyes" not in view["private_metadata"]
    kept, _ = await rig.app.parts.store.recall(f"draft:{view['id']}.techforge")
    assert "few eyes" not in kept
