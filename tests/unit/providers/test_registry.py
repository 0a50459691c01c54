"""Which services are built."""

from datetime import UTC, datetime

import pytest

from bot.core.errors import SettingsError
from bot.core.form import Choice
from bot.providers.base import WebhookDesk
from bot.providers.registry import FACTORIES, JaraiSettings, build_providers

CHOICE = (Choice(value="2f0f2a5c-9a55-4f0a-8a0f-5b1a6b0c1111", name="English"),)


class Forgetful:
    """Remembers nothing."""

    async def recall(self, key):
        """Give nothing."""

    async def remember(self, key, value):
        """Keep nothing."""


def clock() -> datetime:
    """Stand still."""
    return datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def build(**changes):
    """Build the services with one that is set up, as changed."""
    about = {"api_key": "jarai_test_x", "languages": CHOICE, "countries": CHOICE}
    settings = JaraiSettings(**(about | changes))
    return build_providers({"jarai": settings}, clock=clock, remembered=Forgetful())


async def test_a_service_is_on_when_its_key_is_set():
    """Its name is the one under which productions are stored."""
    providers = build()
    assert {name: provider.name for name, provider in providers.items()} == {"jarai": "jarai"}
    await providers["jarai"].aclose()


async def test_a_service_without_a_key_is_off():
    """Nothing is built for it, and nothing complained about."""
    assert build(api_key="") == {}
    assert build_providers({}, clock=clock, remembered=Forgetful()) == {}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"api_key": "key\nwith a line"}, "JARAI_API_KEY"),
        ({"api_key": "schlüssel"}, "JARAI_API_KEY"),
        ({"dialect": "klingon"}, "JARAI_DIALECT"),
        ({"base_url": "http://api.example"}, "JARAI_BASE_URL"),
        ({"base_url": "nonsense"}, "JARAI_BASE_URL"),
        ({"base_url": "https://user:pass@api.example"}, "JARAI_BASE_URL"),
        ({"languages": ()}, "CATALOG"),
        ({"countries": ()}, "CATALOG"),
    ],
)
async def test_settings_that_cannot_work_are_named(changes: dict, name: str):
    """The message names the setting and never its value."""
    with pytest.raises(SettingsError) as caught:
        build(**changes)
    assert caught.value.name == name
    assert not any(str(value) in str(caught.value) for value in changes.values() if value)


async def test_a_service_with_webhooks_can_register_them():
    """The command line finds the desk through the protocol."""
    for name, provider in build().items():
        assert isinstance(provider, WebhookDesk) == provider.capabilities.has_webhooks, name
        await provider.aclose()


def test_a_key_does_not_show_in_its_settings():
    """Settings end up in tracebacks."""
    assert "jarai_test_x" not in repr(
        JaraiSettings(api_key="jarai_test_x", languages=CHOICE, countries=CHOICE)
    )


def test_names_are_lower_case_words():
    """They stand in paths and in the database."""
    assert all(name.isidentifier() and name.islower() for name in FACTORIES)
