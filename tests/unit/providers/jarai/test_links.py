"""Links in memory: handed out while they are good, and no longer."""

from datetime import datetime, timedelta

import pytest

from bot.core.errors import ProviderReplyError, ProviderUnavailableError
from bot.core.production import Deliverable
from bot.providers.jarai.links import MOST_JOBS, RECENT, Links
from bot.providers.jarai.reading import Listed
from tests.unit.providers.hands import NOW, Hands


def listed(key: str = "d1", *, expires_at: datetime | None = None) -> Listed:
    """Give a file as it was listed."""
    deliverable = Deliverable(key=key, kind="video", name="a.mp4")
    return Listed(
        deliverable=deliverable, url=f"https://store.example/{key}", expires_at=expires_at
    )


def test_a_link_is_good_until_shortly_before_its_stated_end():
    """A download takes a moment to begin."""
    time = Hands()
    links = Links(clock=time, life_s=3600)
    links.keep("job", [listed(expires_at=NOW + timedelta(minutes=30))])
    time.now = NOW + timedelta(minutes=27)
    assert links.find("job", "d1") is not None
    time.now = NOW + timedelta(minutes=28)
    assert links.find("job", "d1") is None


def test_a_link_without_an_end_lives_the_documented_hour():
    """And none is kept longer, whatever it says of itself."""
    for stated in (None, NOW + timedelta(days=9)):
        time = Hands()
        links = Links(clock=time, life_s=3600)
        links.keep("job", [listed(expires_at=stated)])
        time.now = NOW + timedelta(minutes=57)
        assert links.find("job", "d1") is not None
        time.now = NOW + timedelta(minutes=58)
        assert links.find("job", "d1") is None


def test_a_short_life_leaves_time_to_use_it():
    """With a twin in a hurry the margin shrinks along."""
    links = Links(clock=Hands(), life_s=60)
    links.keep("job", [listed()])
    assert links.find("job", "d1") is not None


def test_a_dead_link_is_not_handed_out():
    """It is asked for anew."""
    links = Links(clock=Hands(), life_s=3600)
    links.keep("job", [listed(expires_at=NOW - timedelta(minutes=1))])
    assert links.find("job", "d1") is None
    assert links.find("job", "d2") is None
    assert links.find("other", "d1") is None


def test_an_answer_of_any_kind_stands_for_a_minute():
    """Files, none, and no answer at all; of what was never asked nothing is known."""
    time = Hands()
    links = Links(clock=time, life_s=3600)
    links.keep("files", [listed()])
    links.keep("none", [])
    links.keep_failure("lost", ProviderUnavailableError("No answer."))
    jobs = ("files", "none", "lost", "other")
    assert [links.is_recent(job) for job in jobs] == [True, True, True, False]
    time.go(seconds=59)
    assert [links.is_recent(job) for job in jobs] == [True, True, True, False]
    time.go(seconds=1)
    assert not any(links.is_recent(job) for job in jobs)


def test_an_answer_is_recalled_as_it_was():
    """A link that dies too soon to be kept is given all the same; a failure fails again."""
    links = Links(clock=Hands(), life_s=3600)
    links.keep("job", [listed(expires_at=NOW + RECENT)])
    assert links.find("job", "d1") is None
    assert links.recall("job", "d1") is not None
    assert links.recall("job", "d2") is None
    failure = ProviderReplyError("Odd.", sample="{", code="unreadable", correlation_id="c")
    links.keep_failure("job", failure)
    for _ in range(2):
        with pytest.raises(ProviderReplyError) as caught:
            links.recall("job", "d1")
        assert vars(caught.value) == vars(failure)
        assert str(caught.value) == "Odd."
        assert caught.value is not failure


def test_a_failure_leaves_good_links():
    """JARAI's bad minute does not break downloads that need nothing of it."""
    links = Links(clock=Hands(), life_s=3600)
    links.keep("job", [listed()])
    links.keep_failure("job", ProviderUnavailableError("No answer."))
    assert links.find("job", "d1") is not None


def test_memory_stays_bounded():
    """The oldest job makes room."""
    links = Links(clock=Hands(), life_s=3600)
    for number in range(MOST_JOBS + 1):
        links.keep(f"job {number}", [listed()])
    assert links.find("job 0", "d1") is None
    assert links.find(f"job {MOST_JOBS}", "d1") is not None
