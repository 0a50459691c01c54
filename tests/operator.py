"""What an operator has on a machine: a folder, an environment, and both twins to talk to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings, env_name, read_settings
from twin.clock import Clock
from twin.jarai.app import JaraiTwin
from twin.slack.app import SlackTwin

CATALOG = """
[jarai]
languages = [{ id = "2f0f2a5c-9a55-4f0a-8a0f-5b1a6b0c1111", name = "English (UK)" }]
countries = [{ id = "7d1d9d2e-31c4-4f7b-9b7a-0d2b7f0c2222", name = "United Kingdom" }]

[slack]
on_call_channel = "C0ONCALL"
approvers = ["U0BO", "S0PRODUCERS"]
"""


def clean_machine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to an empty folder, with no setting set and only a catalog there."""
    for field in Settings.model_fields:
        monkeypatch.delenv(env_name(field), raising=False)
    monkeypatch.chdir(folder)
    (folder / "catalog.toml").write_text(CATALOG, encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Services:
    """Both twins, running."""

    slack: SlackTwin
    jarai: JaraiTwin

    def environment(self) -> dict[str, str]:
        """Give the settings that lead to them."""
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url,
            "JARAI_API_KEY": self.jarai.api_key,
            "JARAI_BASE_URL": self.jarai.url,
            "PUBLIC_URL": "https://greenlight.test",
            "DATABASE_URL": "sqlite+aiosqlite:///greenlight.db",
        }

    def settings(self, **overrides: Any) -> Settings:
        """Give them as the program reads them; overrides by field."""
        return read_settings(**(self.environment() | overrides))


@asynccontextmanager
async def running_services() -> AsyncIterator[Services]:
    """Run both twins on a clock that stands still."""
    clock = Clock(start=datetime(2026, 11, 23, 9, 0, tzinfo=UTC), speed=0)
    services = Services(slack=SlackTwin(clock), jarai=JaraiTwin(clock))
    await services.slack.start()
    await services.jarai.start()
    try:
        yield services
    finally:
        await services.slack.stop()
        await services.jarai.stop()
