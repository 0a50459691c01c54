"""Facts that are kept as JSON are small and come back as they were."""

from storage.cipher import Cipher
from storage.codec import build_attempt, build_production
from storage.productions import new_production_id
from tests.factories import make_job, make_production


def test_facts_that_are_not_so_take_no_room():
    """Most productions have few of them."""
    assert build_production(make_production())["facts"] == "{}"


def test_a_save_writes_neither_hints_nor_the_next_look():
    """Both have rules of their own, so that no webhook is lost."""
    assert not {"hints", "due_at", "claim_token"} & set(build_production(make_production()))


def test_the_job_id_stands_in_the_clear_and_the_handle_does_not():
    """Webhooks know the id only."""
    attempt = make_production().attempt
    row = build_attempt("ID", attempt, cipher=Cipher("a long enough key"))
    assert (row["job_id"], row["handle"]) == (None, None)
    job = make_job("job-1", url="hush")
    row = build_attempt("ID", make_production(job=job).attempt, cipher=Cipher("a long enough key"))
    assert row["job_id"] == "job-1"
    assert "hush" not in row["handle"]


def test_ids_can_be_read_out():
    """Six characters that nobody mistakes for one another."""
    drawn = {new_production_id() for _ in range(200)}
    assert len(drawn) > 190
    assert {len(each) for each in drawn} == {6}
    assert not set("".join(drawn)) & set("ILOUilou")
