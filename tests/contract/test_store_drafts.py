"""What was sent of a form that goes on is kept for a while, and from other eyes."""

from bot.core.production import Answer, FileReference
from storage.cipher import Cipher
from storage.values import Draft
from tests.factories import NOW, later, make_job

ANSWERS = (
    Answer(key="topic", label="Topic", value="Autumn", shown="Autumn"),
    Answer(
        key="images",
        label="Images",
        value="F1",
        shown="a.png",
        files=(FileReference(file_id="F1", name="a.png", size_bytes=7),),
    ),
)
DRAFT = Draft(answers=ANSWERS, channel_id="C1", chosen={"style": "rich"})


async def test_a_draft_is_given_back_as_it_was(store):
    """By the form's key; a newer one takes its place."""
    assert await store.draft("V1.1") is None
    await store.keep_draft("V1.1", Draft(answers=(), channel_id="C1", chosen={}), at=NOW)
    await store.keep_draft("V1.1", DRAFT, at=later(1))
    assert await store.draft("V1.1") == DRAFT
    assert await store.draft("V2.1") is None


async def test_a_draft_lies_encrypted(store):
    """It holds what people wrote."""
    await store.keep_draft("V1.1", DRAFT, at=NOW)
    kept, _ = await store.recall("draft:V1.1")
    assert "Autumn" not in kept
    assert "a.png" not in kept


async def test_a_draft_nobody_came_back_to_is_forgotten(store):
    """Newer ones, and what services were asked, stay."""
    await store.keep_draft("V1.1", DRAFT, at=NOW)
    await store.keep_draft("V2.1", DRAFT, at=later(100))
    await store.remember("jarai:accounts", [], NOW)
    await store.prune(before_at=later(50))
    assert await store.draft("V1.1") is None
    assert await store.draft("V2.1") == DRAFT
    assert await store.recall("jarai:accounts") is not None


async def test_an_answer_nobody_came_for_is_forgotten(store):
    """It holds secrets; a newer one stays."""
    await store.keep_answer("7K3MQ2", make_job("job-1"), at=NOW)
    await store.keep_answer("8K3MQ2", make_job("job-2"), at=later(100))
    await store.prune(before_at=later(50))
    assert await store.kept_answer("7K3MQ2") is None
    assert await store.kept_answer("8K3MQ2") == make_job("job-2")
    assert await store.recall("answer:7K3MQ2") is None


async def test_a_draft_of_a_key_that_is_gone_counts_as_none(store):
    """The person fills the form in again; nothing breaks."""
    sealed = Cipher("another key of 16 signs").seal("{}")
    await store.remember("draft:V1.1", sealed, NOW)
    assert await store.draft("V1.1") is None


async def test_what_stands_in_an_open_form_is_given_back_and_lies_encrypted(store):
    """A newer keeping takes its place; pruned as drafts are."""
    assert await store.entered("V1.a") == {}
    await store.keep_entered("V1.a", {"text.x": "old"}, at=NOW)
    await store.keep_entered("V1.a", {"text.x": "for few eyes"}, at=NOW)
    assert await store.entered("V1.a") == {"text.x": "for few eyes"}
    assert await store.entered("V1.b") == {}
    kept, _ = await store.recall("draft:V1.a")
    assert "few eyes" not in kept
    await store.prune(before_at=later(50))
    assert await store.entered("V1.a") == {}
    await store.remember("draft:V1.a", Cipher("another key of 16 signs").seal("{}"), NOW)
    assert await store.entered("V1.a") == {}
