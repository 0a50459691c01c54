"""The check behind the builders sees what it should."""

import pytest

from bot.slack import listeners
from bot.slack.views import card
from tests.unit.slack.checked import builders, checked, problems_of
from tests.unit.slack.factory import EVERY_STATE, make_face


@pytest.mark.parametrize(
    "built",
    [
        {"text": "x", "blocks": [{"type": "section"}]},
        {"type": "modal", "blocks": []},
        {"type": "home", "blocks": [{"type": "table", "rows": []}]},
    ],
    ids=["message", "modal", "home"],
)
def test_what_slack_would_refuse_fails_the_test(built):
    """A builder that builds it ends in an assertion."""
    with pytest.raises(AssertionError):
        checked(lambda: built)()


def test_every_builder_is_behind_the_check():
    """In this folder even the listeners reach checked builders only, and each gives what it did."""
    found = {builder.__name__ for builder in builders()}
    assert {"build_card", "build_reply", "build_form", "build_error"} <= found
    assert all(hasattr(builder, "__wrapped__") for builder in builders())
    named = [getattr(listeners, name) for name in vars(listeners) if name in found]
    assert named
    assert all(hasattr(builder, "__wrapped__") for builder in named)
    assert problems_of(card.build_card(EVERY_STATE["awaiting"], make_face())) == []
