from datetime import UTC, datetime, timedelta

import pytest
from yarl import URL

from twin.links import Links, LinkState

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def query_of(link):
    """Give a link's query as it is sent."""
    return link.partition("?")[2]


@pytest.mark.parametrize(("permits", "other"), [("r", "w"), ("w", "r")])
def test_link_is_good_for_what_it_was_made_for_alone(permits, other):
    """Who may read may not write, and the other way round."""
    links = Links(lambda: NOW)
    link, _ = links.mint("/x", life=timedelta(minutes=1), permits=permits)
    query = query_of(link)
    assert links.state_of("/x", query, permits=permits) is LinkState.GOOD
    assert links.state_of("/x", query, permits=other) is LinkState.ALTERED


def test_link_of_one_host_is_nothing_to_another():
    """Each host has a secret of its own."""
    link, _ = Links(lambda: NOW).mint("/x", life=timedelta(minutes=1))
    assert Links(lambda: NOW).state_of("/x", query_of(link)) is LinkState.ALTERED


def test_life_is_counted_in_whole_seconds():
    """The end that is told is the end that is kept."""
    now = [NOW + timedelta(milliseconds=900)]
    links = Links(lambda: now[0])
    link, ends_at = links.mint("/x", life=timedelta(seconds=10))
    assert ends_at == NOW + timedelta(seconds=10)
    for now[0], state in (
        (ends_at - timedelta(milliseconds=1), LinkState.GOOD),
        (ends_at, LinkState.OVER),
    ):
        assert links.state_of("/x", query_of(link)) is state


@pytest.mark.parametrize(
    "written", [lambda link: str(URL(link)), lambda link: f"{link}&more=1"], ids=["anew", "more"]
)
def test_link_that_was_written_anew_is_another(written):
    """There are hosts that sign the bytes, and clients that rewrite them."""
    links = Links(lambda: NOW)
    link, _ = links.mint("/x", life=timedelta(minutes=1))
    assert links.state_of("/x", query_of(written(link))) is LinkState.ALTERED
