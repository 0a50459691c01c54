"""The poster beside the state: drawn where Slack can fetch and show it, and nowhere else."""

from dataclasses import replace

import pytest

from bot.core.notices import Kind
from bot.core.production import Copy, CopyState, Deliverable, State
from bot.providers.base import Capabilities
from bot.slack.views.card import build_card
from bot.slack.views.files import POSTER_LIMIT_BYTES
from bot.slack.views.parts import without_pictures
from bot.slack.views.thread import build_reply
from tests.unit.slack.factory import FILES, make_face, make_production, visible

URL = "https://bot.example/d/poster"
POSTER = Deliverable(key="p1", kind="Poster", name="poster.jpg", content_type="image/jpeg")
DYING = Capabilities(links_die=True)
KEPT = Copy(state=CopyState.KEPT, size_bytes=40_000)


def drawn(poster=POSTER, *, state=State.AWAITING_APPROVAL, url=URL, **face):
    """Draw a card with a poster and give the picture on it, or None."""
    production = make_production(state, deliverables=(*FILES, poster))
    card = build_card(production, make_face(links={poster.key: url}, **face))
    return picture_of(card)


def picture_of(message):
    """Give the picture of a message, or None."""
    beside = [block.get("accessory", {}) for block in message["blocks"]]
    return next((one for one in beside if one.get("type") == "image"), None)


def test_poster_stands_beside_the_state_and_is_described():
    """Its address is our own link, and those who cannot see it hear what it is."""
    assert drawn() == {
        "type": "image",
        "image_url": URL,
        "alt_text": "Poster of Autumn range",
    }


@pytest.mark.parametrize(
    "poster",
    [
        replace(POSTER, kind="Thumbnail"),
        replace(POSTER, content_type=None, name="poster.PNG"),
        replace(POSTER, content_type="image/GIF; charset=binary"),
        replace(POSTER, size_bytes=POSTER_LIMIT_BYTES),
        replace(POSTER, size_bytes=POSTER_LIMIT_BYTES + 1, copy=KEPT),
    ],
)
def test_posters_that_slack_shows_are_drawn(poster):
    """Other words for it, the ending in place of a type, and what we counted over what was said."""
    assert drawn(poster) is not None


@pytest.mark.parametrize(
    "poster",
    [
        replace(POSTER, kind="video"),
        replace(POSTER, content_type="image/webp"),
        replace(POSTER, content_type=None, name="poster"),
        replace(POSTER, size_bytes=POSTER_LIMIT_BYTES + 1),
        replace(POSTER, size_bytes=9, copy=replace(KEPT, size_bytes=POSTER_LIMIT_BYTES + 1)),
    ],
)
def test_what_slack_would_not_show_is_not_drawn(poster):
    """Other formats and large files would make Slack refuse or hold up the whole card."""
    assert drawn(poster) is None


@pytest.mark.parametrize("url", ["", "http://bot.example/d/p", "https://bot.example/d p"])
def test_poster_without_a_public_address_is_not_drawn(url):
    """Slack fetches over https alone; the local one also from this machine."""
    assert drawn(url=url) is None
    assert drawn(url="http://127.0.0.1:3000/d/p") is not None


@pytest.mark.parametrize(
    ("copy", "is_drawn"),
    [
        (None, False),
        (Copy(state=CopyState.WANTED), False),
        (KEPT, True),
        (Copy(state=CopyState.LOST), False),
        (Copy(state=CopyState.DELETED), False),
    ],
)
def test_where_links_die_only_our_own_copy_is_drawn(copy, is_drawn):
    """A picture that is gone would take the card with it at the next edit."""
    poster = replace(POSTER, copy=copy)
    assert (drawn(poster, capabilities=DYING) is not None) is is_drawn
    assert drawn(poster) is not None


def test_rejected_poster_is_drawn_no_more():
    """Its link was taken back."""
    assert drawn(state=State.REJECTED) is None


def test_ready_for_review_shows_the_poster():
    """Whoever is asked to decide sees what about."""
    production = make_production(State.AWAITING_APPROVAL, deliverables=(*FILES, POSTER))
    reply = build_reply(Kind.REVIEW, production, {}, make_face(links={"p1": URL}))
    assert picture_of(reply) is not None


def test_without_pictures_nothing_else_is_missing():
    """The words and buttons stay, those beside files too."""
    production = make_production(State.AWAITING_APPROVAL, deliverables=(*FILES, POSTER))
    links = {one.key: f"https://bot.example/d/{one.key}" for one in production.deliverables}
    card = build_card(production, make_face(links=links))
    plain = without_pictures(card)
    assert picture_of(plain) is None
    assert visible(plain["blocks"]) == visible(card["blocks"])
