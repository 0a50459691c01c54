"""Whatever the tests of this folder build is checked as the local Slack would check it."""

import pytest

from tests.unit.slack.checked import builders, checked, users_of


@pytest.fixture(autouse=True)
def _checked_views(request, monkeypatch):
    """Put a check behind every builder of messages and views, wherever its name was imported."""
    for builder in builders():
        behind = checked(builder)
        for module, name in users_of(builder, request.module):
            monkeypatch.setattr(module, name, behind)
