"""What a provider answers that brings nothing of its own."""

from unittest.mock import create_autospec

import pytest

from bot.core.errors import ProviderRefusedError, WebhookError
from bot.core.production import Job
from bot.providers.base import Refused
from bot.providers.counted import CountedCalls
from bot.providers.lean import LeanProvider
from tests.factories import make_request
from tests.unit.providers.hands import NOW

JOB = Job(job_id="job-1", handle={})


class Plain(LeanProvider):
    """A service that can do nothing but take orders."""

    name = "plain"
    label = "Plain"

    def __init__(self):
        self._calls = create_autospec(CountedCalls, instance=True)


async def test_what_a_service_lacks_is_refused_in_its_name():
    """A retry never raises, as no paid call may; a cancel and a webhook do."""
    provider = Plain()
    outcome = await provider.retry(JOB)
    assert isinstance(outcome, Refused)
    assert (outcome.failure.code, outcome.failure.text) == (
        "no_retry",
        "Plain cannot take a job up again; ask anew.",
    )
    with pytest.raises(ProviderRefusedError, match="Plain has no way to cancel"):
        await provider.cancel(JOB)
    with pytest.raises(ProviderRefusedError, match="Plain has no way to look up"):
        await provider.find(make_request(), job_id="job-1")
    with pytest.raises(WebhookError):
        provider.read_webhook({}, b"{}", secrets=("s",), now=NOW)
    assert await provider.search("voice", "a") == ()
    assert provider.console_url(JOB) is None


async def test_closing_a_provider_closes_its_connections():
    """Whatever else it has not."""
    provider = Plain()
    await provider.aclose()
    provider._calls.aclose.assert_awaited_once_with()
