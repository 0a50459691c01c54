"""JARAI's part in the story: webhooks, and an operator who releases what was approved."""

import os

import aiohttp

from twin.demo.bot_process import BotError
from twin.demo.part import Part, Service
from twin.files import sha256_hex
from twin.jarai.app import JaraiTwin
from twin.jarai.deliverables import items_of
from twin.jarai.dialect import DIALECTS, PARTNER

EVENTS = (
    "production.queued",
    "production.step.complete",
    "production.published",
    "production.failed",
    "deliverable.ready",
)


def read_dialect() -> str:
    """Read which generation of JARAI's API the story is played in, from the caller's settings.

    Raises:
        ValueError: There is no such generation.
    """
    dialect = os.environ.get("JARAI_DIALECT") or PARTNER.name
    if dialect not in DIALECTS:
        raise ValueError(f"JARAI_DIALECT must be one of {', '.join(DIALECTS)}")
    return dialect


def _local(service: Service) -> JaraiTwin:
    if not isinstance(service, JaraiTwin):
        raise TypeError("this part is JARAI's")
    return service


async def _ready(service: Service, bot_url: str) -> dict[str, str]:
    jarai, dialect = _local(service), read_dialect()
    jarai.configure(dialects=dialect)
    return {
        "JARAI_API_KEY": jarai.key_of(dialect),
        "JARAI_DIALECT": dialect,
        "JARAI_BASE_URL": jarai.url,
        "JARAI_WEBHOOK_SECRET": await register_webhooks(
            jarai, endpoint_url=f"{bot_url}/webhooks/jarai", dialect=dialect
        ),
        # The service's minute passes faster than the bot's, so its limit means nothing here.
        "GREENLIGHT_JARAI_REQUESTS_PER_MINUTE": "0",
        "GREENLIGHT_JARAI_REQUESTS_PER_DAY": "0",
    }


async def register_webhooks(jarai: JaraiTwin, *, endpoint_url: str, dialect: str) -> str:
    """Subscribe the bot to the five documented events, as a partner would.

    Returns:
        The signing secret, which is shown this once.

    Raises:
        BotError: The service refused.
    """
    body = {"endpointUrl": endpoint_url, "eventTypes": list(EVENTS)}
    path = DIALECTS[dialect].path_of("add_webhook")
    async with (
        aiohttp.ClientSession(headers={"X-API-Key": jarai.key_of(dialect)}) as session,
        session.post(jarai.url + path, json=body) as answer,
    ):
        found = await answer.json()
        if "signingSecret" not in found:
            raise BotError(f"the local JARAI refused the webhook: {answer.status}")
        return str(found["signingSecret"])


def _made(service: Service) -> set[str]:
    jarai = _local(service)
    items = items_of(jarai.jobs()[-1], settings=jarai.settings)
    return {sha256_hex(item.content) for item in items}


def _release(service: Service) -> None:
    jarai = _local(service)
    jarai.act.release(jarai.jobs()[-1].production_id)


JARAI = Part(
    choices={
        "Language": "English (UK)",
        "Country": "United Kingdom",
        "Avatar": "Northwind Social / Mia",
        "Project type": "Social video, 30 s",
        "Notes": "Warm colours, the new jackets first.",
    },
    said=4,
    submit="POST /productions",
    life_s=380.0,
    check=read_dialect,
    ready=_ready,
    made=_made,
    release=_release,
)
