"""Which services are built."""

from datetime import UTC, datetime

import pytest

from bot.core.budget import Spent
from bot.core.errors import SWITCHED_OFF, ProviderUnavailableError, SettingsError, WebhookError
from bot.core.form import Choice
from bot.providers.base import Capabilities, NotSent
from bot.providers.desks import WebhookDesk
from bot.providers.registry import FACTORIES, JaraiSettings, build_providers
from tests.factories import make_job, make_request

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
    assert [provider.name for provider in providers.on()] == ["jarai"]
    await providers.of("jarai").aclose()


async def test_a_service_without_a_key_is_off():
    """Nothing is built for it, and nothing complained about."""
    assert build(api_key="").on() == ()
    assert build_providers({}, clock=clock, remembered=Forgetful()).on() == ()


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
    for provider in build().on():
        assert isinstance(provider, WebhookDesk) == provider.capabilities.has_webhooks
        await provider.aclose()


def test_a_key_does_not_show_in_its_settings():
    """Settings end up in tracebacks."""
    assert "jarai_test_x" not in repr(
        JaraiSettings(api_key="jarai_test_x", languages=CHOICE, countries=CHOICE)
    )


def test_names_are_lower_case_words():
    """They stand in paths and in the database."""
    assert all(name.isidentifier() and name.islower() for name in FACTORIES)


async def test_a_service_that_is_off_is_stood_in_for():
    """By its name, whatever it is; those that are on are listed and found as ever."""
    providers = build()
    assert [one.name for one in providers.on()] == ["jarai"]
    for name, label in {"narakeet": "Narakeet", "techforge": "TechForge", "lost": "Lost"}.items():
        stand_in = providers.of(name)
        assert (stand_in.name, stand_in.label) == (name, label)
        assert stand_in.capabilities == Capabilities(is_off=True)
        (finding,) = await stand_in.check()
        assert (finding.is_good, finding.text) == (False, f"{label} is switched off here.")
    assert [one.name for one in providers.on()] == ["jarai"]


async def test_nothing_is_possible_at_a_service_that_is_off():
    """What may wait says so, and an order counts as not sent."""
    off, job = build().of("techforge"), make_job()
    for asked in (
        off.known_form(),
        off.form(),
        off.search("voice", "x"),
        off.prepare(make_request()),
        off.find(make_request(), job_id="1"),
        off.observe(job),
        off.deliverables(job),
        off.open(job, "v"),
        off.cancel(job),
    ):
        with pytest.raises(ProviderUnavailableError) as raised:
            await asked
        assert raised.value.code == SWITCHED_OFF
    assert isinstance(await off.submit({}, key="k"), NotSent)
    assert isinstance(await off.retry(job), NotSent)
    assert off.console_url(job) is None
    with pytest.raises(WebhookError):
        off.read_webhook({}, b"", secrets=(), now=clock())


async def test_a_service_that_is_off_has_nothing_to_spend():
    """Whoever counts requests counts none, and no interval is stretched."""
    budget = build().of("techforge").budget
    assert not budget.may_look()
    assert budget.wait_s() == 0.0
    assert budget.stretched_s(30.0, open_productions=4) == 30.0
    unsaved = budget.take_unsaved()
    assert unsaved.count == 0
    budget.absorb(unsaved, Spent(minute=1, day=1))
