"""Webhooks are registered once, and their secret is never lost nor shown."""

import pytest

from bot import subscriptions
from bot.app import utc_now
from bot.core.errors import (
    ProviderAuthError,
    ProviderReplyError,
    SettingsError,
    StorageUnavailableError,
    UserError,
)
from bot.database import open_to_look
from storage.migrate import migrate
from storage.store import Store
from tests.operator import clean_machine, running_services

URL = "https://greenlight.test/webhooks/jarai"


@pytest.fixture
async def services(tmp_path, monkeypatch):
    """Both twins, and a migrated database."""
    clean_machine(tmp_path, monkeypatch)
    async with running_services() as running:
        await migrate(running.settings().database_url)
        yield running


async def kept_secrets(settings) -> tuple[str, ...]:
    database, store = await open_to_look(settings)
    try:
        return await store.webhook_secrets("jarai")
    finally:
        await database.close()


async def listed(settings):
    return await subscriptions.list_webhooks(settings, "jarai", clock=utc_now)


async def test_adding_registers_our_address_and_keeps_the_secret(services):
    """The address is PUBLIC_URL with the service's name, the secret is what the service gave."""
    settings = services.settings()
    made = await subscriptions.add_webhook(settings, "jarai", clock=utc_now)
    assert made.url == URL
    assert [one.url for one in await listed(settings)] == [URL]
    assert await kept_secrets(settings) == (made.secret,)


async def test_the_same_address_is_not_registered_twice(services):
    """Two registrations would deliver everything twice."""
    settings = services.settings()
    made = await subscriptions.add_webhook(settings, "jarai", clock=utc_now)
    with pytest.raises(UserError, match=made.webhook_id):
        await subscriptions.add_webhook(settings, "jarai", clock=utc_now)
    assert len(await listed(settings)) == 1


async def test_a_secret_that_cannot_be_kept_takes_the_registration_back(services, monkeypatch):
    """A webhook whose secret is lost could never be verified."""

    async def fail(*_arguments):
        raise StorageUnavailableError("locked")

    monkeypatch.setattr(Store, "add_webhook_secret", fail)
    with pytest.raises(StorageUnavailableError):
        await subscriptions.add_webhook(services.settings(), "jarai", clock=utc_now)
    assert await listed(services.settings()) == ()


async def test_an_answer_without_a_secret_takes_the_registration_back(services, monkeypatch):
    """Without a secret nothing that arrives can be believed."""
    monkeypatch.setattr(subscriptions, "_secret_of", _refuse)
    with pytest.raises(ProviderReplyError):
        await subscriptions.add_webhook(services.settings(), "jarai", clock=utc_now)
    assert await listed(services.settings()) == ()


def _refuse(_made):
    raise ProviderReplyError("The service gave no signing secret.", sample="")


def test_a_registration_without_a_secret_is_not_taken():
    """An empty secret would sign anything."""
    made = subscriptions.Subscription(webhook_id="w", url=URL, events=(), secret="")
    with pytest.raises(ProviderReplyError):
        subscriptions._secret_of(made)


async def test_removing_forgets_the_secret(services):
    """What is no longer registered is no longer believed."""
    settings = services.settings()
    made = await subscriptions.add_webhook(settings, "jarai", clock=utc_now)
    await subscriptions.remove_webhook(settings, "jarai", made.webhook_id, clock=utc_now)
    assert await listed(settings) == ()
    assert await kept_secrets(settings) == ()


async def test_a_key_without_the_right_is_refused(services):
    """The service's refusal is passed on, and nothing is kept."""
    settings = services.settings(JARAI_API_KEY="jarai_test_readonly0000000000")
    with pytest.raises(ProviderAuthError):
        await subscriptions.add_webhook(settings, "jarai", clock=utc_now)
    assert await kept_secrets(settings) == ()


async def test_without_a_public_url_nothing_is_asked(services):
    """The setting is named before any request is made."""
    before = services.jarai.journal.number
    with pytest.raises(SettingsError, match="PUBLIC_URL"):
        await subscriptions.add_webhook(services.settings(PUBLIC_URL=None), "jarai", clock=utc_now)
    assert services.jarai.journal.number == before


async def test_neither_lines_nor_json_show_the_secret(services):
    """The secret is in the answer of the service and in the database only."""
    made = await subscriptions.add_webhook(services.settings(), "jarai", clock=utc_now)
    shown = f"{subscriptions.subscription_lines([made])}{subscriptions.subscription_json(made)}"
    assert made.webhook_id in shown
    assert made.secret not in shown
    assert subscriptions.subscription_lines([]) == ["Nothing is registered."]
