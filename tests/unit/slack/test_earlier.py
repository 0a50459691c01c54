"""Which files of an earlier video a form may use again."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from bot.core.production import Answer, FileReference
from bot.slack.ids import ButtonValue
from bot.slack.listeners.earlier import earlier_files, files_of, initial_of, names_of
from tests.factories import make_request

FILE = FileReference(file_id="F1", name="a.png", size_bytes=7)
FILES = Answer(key="images", label="Images", value="F1", shown="a.png", files=(FILE,))
TITLE = Answer(key="topic", label="Topic", value="Autumn", shown="Autumn")
REQUEST = replace(make_request(), answers=(TITLE, FILES))


def desk(*, team_id=REQUEST.team_id, reads_files=True):
    """Stand in for what all listeners share."""
    return SimpleNamespace(workspace=SimpleNamespace(team_id=team_id, reads_files=reads_files))


def service(name=REQUEST.provider):
    """Stand in for the service whose form is open."""
    return SimpleNamespace(name=name)


def test_files_of_the_recorded_request_are_used_again():
    """Everything else is what the form begins with."""
    assert files_of(desk(), REQUEST, service()) == {"images": (FILE,)}
    assert initial_of(REQUEST) == {"topic": "Autumn"}


@pytest.mark.parametrize(
    ("at", "of"),
    [
        (desk(team_id="T9"), service()),
        (desk(team_id=None), service()),
        (desk(), service("another")),
        (desk(reads_files=False), service()),
    ],
    ids=["another workspace", "a workspace not known yet", "another service", "unreadable"],
)
def test_files_that_are_not_for_this_form_are_not_used(at, of):
    """Whatever production a form names."""
    assert files_of(at, REQUEST, of) == {}


async def test_a_new_form_has_none():
    """Nothing is looked up for it."""
    assert await earlier_files(desk(), service(), None) == {}


async def test_files_come_from_the_record_of_the_production_that_a_form_is_about():
    """What a form says itself of files it did not upload counts for nothing."""

    async def load(production_id):
        assert production_id == "7K3MQ2"
        return SimpleNamespace(request=REQUEST)

    at = SimpleNamespace(productions=SimpleNamespace(load=load), workspace=desk().workspace)
    about = ButtonValue(production_id="7K3MQ2", attempt=1)
    assert await earlier_files(at, service(), about) == {"images": (FILE,)}


def test_files_are_named_as_in_a_sentence():
    """One, two, or more."""
    names = {n: tuple(replace(FILE, name=f"{i}.png") for i in range(n)) for n in (1, 2, 3)}
    assert names_of(names) == {1: "0.png", 2: "0.png and 1.png", 3: "0.png, 1.png and 2.png"}
