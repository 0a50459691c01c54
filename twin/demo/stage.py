"""Twin and bot, connected and running, in a folder of their own."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from twin.demo.bot_process import BotProcess
from twin.demo.environment import Place, build_environment, free_port, write_catalog
from twin.demo.part import Part, Service
from twin.demo.parts import PARTS
from twin.launch import Twins
from twin.slack.app import SlackTwin


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What a story is played with.

    Attributes:
        part: What the one video service brings to it.
    """

    slack: SlackTwin
    part: Part
    service: Service
    bot: BotProcess
    bot_url: str


def make_folder() -> Path:
    """Make the folder for the bot's database and log."""
    return Path(tempfile.mkdtemp(prefix="greenlight-demo-"))


@contextlib.asynccontextmanager
async def set_up(
    folder: Path, *, provider: str, port: int, speed: float, by_socket: bool = False
) -> AsyncIterator[Stage]:
    """Start everything, and end everything on the way out.

    Args:
        provider: The one video service; the others would only make the story start later.
        port: Port of the first service, the others and the bot following; 0 takes free ones.
        by_socket: Whether the bot hears Slack over Socket Mode.

    Raises:
        BotError: The bot does not start.
        OSError: A port is taken.
        ValueError: The caller's environment names something that the service has not.
    """
    part, names = PARTS[provider], ("slack", provider)
    twins = Twins(only=names, port=port, speed=speed)
    place = Place(folder=folder, port=port + len(names) if port else free_port())
    slack, service = twins.slack, twins.services[provider]
    if slack is None:
        raise RuntimeError("Slack was asked for")
    async with contextlib.AsyncExitStack() as stack:
        await twins.start()
        stack.push_async_callback(twins.stop)
        slack.app.is_socket_mode = by_socket
        write_catalog(place, page_url=f"{slack.url}/")
        environment = build_environment(
            place,
            twins,
            service=await part.ready(service, place.url),
            speed=speed,
            intervals_s=part.intervals_s,
            app_token=slack.app.app_token if by_socket else None,
        )
        bot = BotProcess(folder=folder, environment=environment)
        stack.push_async_callback(bot.stop)
        await bot.start()
        await bot.wait_ready(place.url)
        slack.app.request_url = f"{place.url}/slack/events"
        yield Stage(slack=slack, part=part, service=service, bot=bot, bot_url=place.url)
