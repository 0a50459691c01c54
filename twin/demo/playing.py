"""Set up, play, say how it went, clean up."""

import asyncio
import contextlib
import shutil
import signal
from pathlib import Path

from rich.console import Console
from rich.text import Text

from twin.demo.bot_process import LOG_NAME, TAIL_LINES, BotError
from twin.demo.parts import PARTS
from twin.demo.screen import WIDTH, Screen
from twin.demo.stage import Stage, make_folder, set_up
from twin.demo.story import Story, StoryError
from twin.slack.app import SlackTwin

DEFAULT_SPEED = 20.0
LIMIT_S = 90.0
_DONE = "The production completed and every file arrived as it was made."
_INTERRUPTED = 130
_FAILURES = (StoryError, BotError, OSError, ValueError)


def run(*, once: bool, port: int, speed: float, provider: str, by_socket: bool = False) -> int:
    """Play one production and print its thread.

    Args:
        once: End after the story; so it does wherever standard output is no terminal.
        port: Port of the local Slack, the others following; 0 takes free ones.
        speed: Seconds the service lives through in one real second; above 0.
        provider: Which service, one of `PARTS`.
        by_socket: Whether the bot hears Slack over Socket Mode, with a reconnect on the way.

    Returns:
        0 only if the production completed and every file arrived as it was made.
    """
    console = Console(highlight=False, soft_wrap=False, width=None if _fits() else WIDTH)
    if provider not in PARTS or not 0 < speed < float("inf"):
        *others, last = PARTS
        known = f"{', '.join(others)} or {last}"
        console.print(f"provider must be {known}, and speed a number above 0")
        return 2
    try:
        PARTS[provider].check()
    except ValueError as error:
        console.print(str(error))
        return 2
    try:
        stays = not once and console.is_terminal
        playing = _play(
            console, provider=provider, port=port, speed=speed, stays=stays, by_socket=by_socket
        )
        return asyncio.run(playing)
    except (KeyboardInterrupt, asyncio.CancelledError):
        return _INTERRUPTED


def _fits() -> bool:
    return shutil.get_terminal_size().columns >= WIDTH


async def _play(
    console: Console, *, provider: str, port: int, speed: float, stays: bool, by_socket: bool
) -> int:
    _end_on_sigterm()
    folder = make_folder()
    try:
        async with set_up(
            folder, provider=provider, port=port, speed=speed, by_socket=by_socket
        ) as stage:
            limit_s = max(LIMIT_S, 3 * stage.part.life_s / speed)
            screen = Screen(console, names=_names(stage.slack))
            story = Story(stage, screen, patience_s=limit_s)
            await stage.bot.wait_beside(
                story.play(), limit_s=limit_s, what="to carry the story through"
            )
            console.print(_DONE, style="bold")
            if stays:
                await _stay(stage, story, console)
    except _FAILURES as error:
        _explain(console, error, folder)
        return 1
    except asyncio.CancelledError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def _end_on_sigterm() -> None:
    """Let SIGTERM unwind what was set up, as Ctrl-C does."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _names(slack: SlackTwin) -> dict[str, str]:
    space = slack.workspace
    people = {one.id: one.real_name for one in space.users.values()}
    groups = {one.id: one.name for one in space.groups.values()}
    return people | groups | {one.id: one.name for one in space.channels.values()}


def _explain(console: Console, error: Exception, folder: Path) -> None:
    console.print()
    console.print(Text(f"The demo failed: {error}.", "bold red"))
    log = folder / LOG_NAME
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    where = f"The last of the bot's log (all of it is in {folder}):"
    console.print(where, markup=False, soft_wrap=True)
    for line in lines[-TAIL_LINES:]:
        console.print(f"  {line}", markup=False, soft_wrap=True)


async def _stay(stage: Stage, story: Story, console: Console) -> None:
    """Keep everything up until Ctrl-C, and show what happens."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, ended.set)
    for line in _instructions(stage):
        console.print(line, markup=False, soft_wrap=True)
    watching = asyncio.create_task(story.watch())
    try:
        await ended.wait()
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


def _instructions(stage: Stage) -> list[str]:
    studio = stage.part.release is not None
    return [
        "",
        f"Open {stage.slack.url}/ and type /produce yourself.",
        "Be Ana to ask and Bo to approve"
        + (", then release it in the Studio, which is under “Bad days”." if studio else "."),
        f"The bot is at {stage.bot_url}. Ctrl-C ends everything.",
    ]
