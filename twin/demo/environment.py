"""What the bot is told through its environment when the demo starts it."""

import contextlib
import os
import random
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from twin.launch import Twins

PACKAGES = Path(__file__).resolve().parents[2]
CATALOG = Path(__file__).with_name("catalog.toml")
_STUDIO = '"http://127.0.0.1/?drawer=studio"'
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")

# Below the ports that systems hand out by themselves, so that nobody is given one meanwhile.
_OURS = range(20_000, 32_000)

# Seconds at the speed of real life; the demo divides them by its speed. Webhooks tell of no release
# from approval, so the bot looks more often than it would need to, lest the demo skip that.
_INTERVALS_S: dict[str, float] = {
    "GREENLIGHT_LOOK_QUEUED_S": 10.0,
    "GREENLIGHT_LOOK_PRODUCING_S": 30.0,
    "GREENLIGHT_LOOK_AWAITING_S": 20.0,
    "GREENLIGHT_LOOK_DISTRIBUTING_S": 30.0,
    "GREENLIGHT_LOOK_SAFETY_S": 20.0,
    "GREENLIGHT_WEBHOOK_DEBOUNCE_S": 2.0,
    "GREENLIGHT_PROGRESS_EDIT_S": 30.0,
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the bot of the demo lives.

    Attributes:
        folder: Empty, for its catalog, its database and its log.
    """

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Base URL of the bot, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def catalog(self) -> Path:
        """Where the bot finds its catalog."""
        return self.folder / "catalog.toml"


def write_catalog(place: Place, *, page_url: str) -> None:
    """Write the demo's catalog, in which the Studio is the page's own.

    Args:
        page_url: Of the local Slack's page, with a trailing slash.
    """
    text = CATALOG.read_text(encoding="utf-8")
    place.catalog.write_text(text.replace(_STUDIO, f'"{page_url}?drawer=studio"'), encoding="utf-8")


def free_port() -> int:
    """Find a port that nobody listens on.

    Raises:
        OSError: There is none.
    """
    for port in random.sample(_OURS, len(_OURS)):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("no port is free")


def build_environment(
    place: Place,
    twins: Twins,
    *,
    service: Mapping[str, str],
    speed: float,
    intervals_s: Mapping[str, float] | None = None,
    app_token: str | None = None,
) -> dict[str, str]:
    """Write the bot's whole environment.

    Nothing of the caller's own settings gets in: their tokens must not meet the twin, nor the
    other way round.

    Args:
        service: Settings for the one video service.
        intervals_s: Settings in seconds that are divided by the speed, besides the usual ones.
        app_token: Lets the bot hear Slack over Socket Mode, without a signing secret; None over
            HTTP.
    """
    known = twins.as_json()
    heard = {"SLACK_SIGNING_SECRET": known["slack"]["signing_secret"]}
    if app_token is not None:
        heard = {"SLACK_APP_TOKEN": app_token}
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    paced = {
        name: f"{seconds / speed:.3f}"
        for name, seconds in (_INTERVALS_S | dict(intervals_s or {})).items()
    }
    return {
        **kept,
        **paced,
        **heard,
        **service,
        "PYTHONPATH": str(PACKAGES),
        "SLACK_BOT_TOKEN": known["slack"]["bot_token"],
        "SLACK_API_URL": known["slack"]["api"],
        "HOST": "127.0.0.1",
        "PORT": str(place.port),
        "PUBLIC_URL": place.url,
        "DATABASE_URL": f"sqlite+aiosqlite:///{place.folder / 'greenlight.db'}",
        "CATALOG": str(place.catalog),
        "LOG_FORMAT": "json",
    }
