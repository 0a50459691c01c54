"""Webhooks of every video service, registered and delivered over real HTTP."""

import pytest
from aiohttp import web

from bot.core.errors import InvalidSignatureError, WebhookError
from bot.core.events import News
from bot.providers.base import WebhookEvent
from bot.providers.desks import WebhookDesk
from tests.contract.provider_benches import BENCHES, having, submit
from twin.server import start_server


@pytest.fixture(params=having("has_webhooks"))
async def bench(request: pytest.FixtureRequest):
    """Give each service in turn, with its server running."""
    async with BENCHES[request.param]() as running:
        yield running


class Mailbox:
    """An endpoint that keeps what it is sent."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []

    async def take(self, request: web.Request) -> web.Response:
        """Take a delivery."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append((headers, await request.read()))
        return web.Response()


@pytest.fixture
async def mailbox():
    """Give an endpoint with its address."""
    box = Mailbox()
    app = web.Application()
    app.router.add_post("/hook", box.take)
    server = await start_server(app)
    box.url = f"{server.url}/hook"
    yield box
    await server.stop()


async def test_webhooks_tell_the_story_of_a_job(bench, mailbox):
    """Registered over the API, verified with the secret it gave, and each with ids of its own."""
    desk = bench.provider
    assert isinstance(desk, WebhookDesk)
    added = await desk.webhooks_add(mailbox.url, desk.default_events)
    assert [one.webhook_id for one in await desk.webhooks_list()] == [added.webhook_id]
    job = await submit(bench)
    await bench.bring(job, News.COMPLETED)
    await bench.deliver()
    events = [read(bench, mailbox, number, added.secret) for number in range(len(mailbox.received))]
    assert {event.job_id for event in events} == {job.job_id}
    assert len({event.delivery_ids[0] for event in events}) == len(events) > 10
    assert any(event.progress is not None for event in events)
    await desk.webhooks_remove(added.webhook_id)
    assert await desk.webhooks_list() == ()


def read(bench, mailbox: Mailbox, number: int, secret: str) -> WebhookEvent:
    """Read a delivery."""
    headers, body = mailbox.received[number]
    return bench.provider.read_webhook(headers, body, secrets=(secret,), now=bench.clock.now())


async def test_a_delivery_that_comes_twice_is_known_again(bench, mailbox):
    """At least once is what the service promises."""
    added = await bench.provider.webhooks_add(mailbox.url, bench.provider.default_events)
    bench.spoil_delivery("twice")
    await submit(bench)
    await bench.deliver()
    first, second = (read(bench, mailbox, number, added.secret) for number in range(2))
    assert first.delivery_ids[0] == second.delivery_ids[0]


async def test_a_delivery_with_a_wrong_signature_is_not_believed(bench, mailbox):
    """Nor one that was changed on the way, to the byte."""
    added = await bench.provider.webhooks_add(mailbox.url, bench.provider.default_events)
    bench.spoil_delivery("bad_signature")
    job = await submit(bench)
    await bench.bring(job, News.PRODUCING)
    await bench.deliver()
    with pytest.raises(InvalidSignatureError):
        read(bench, mailbox, 0, added.secret)
    headers, body = mailbox.received[0]
    for spoiled in (body[:-1], body + b" ", b"", b"\xff" + body[1:]):
        with pytest.raises(WebhookError):
            bench.provider.read_webhook(
                headers, spoiled, secrets=(added.secret,), now=bench.clock.now()
            )
