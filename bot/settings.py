"""Every setting, with its unit and reason; read once by `app`, never at import."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    DotEnvSettingsSource,
    EnvSettingsSource,
    SettingsConfigDict,
)

from bot.core.errors import SettingsError
from bot.core.production import State
from bot.core.schedule import Pace
from bot.service_tuning import Seconds, ServiceTuning
from bot.setting_words import must_be

PREFIX = "GREENLIGHT_"
SHORTEST_KEY = 16
MEGABYTE = 1_000_000

_LOCAL = {"127.0.0.1", "::1", "localhost"}


class Settings(ServiceTuning):
    """What an operator sets by environment or `.env`; names without alias begin `GREENLIGHT_`."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    slack_bot_token: SecretStr | None = Field(
        None, alias="SLACK_BOT_TOKEN", description="Bot token of the workspace (`xoxb-…`)"
    )
    slack_signing_secret: SecretStr | None = Field(
        None,
        alias="SLACK_SIGNING_SECRET",
        min_length=8,  # What is shorter would be taken out of harmless log lines too.
        description="Proves that a request comes from Slack; not needed over Socket Mode",
    )
    slack_app_token: SecretStr | None = Field(
        None,
        alias="SLACK_APP_TOKEN",
        description="App-level token (`xapp-…`); Slack is then heard over Socket Mode, which "
        "needs no public address, and `/slack/events` is closed",
    )
    slack_api_url: str = Field(
        "https://slack.com/api/",
        alias="SLACK_API_URL",
        description="Another Web API root (the twin, a proxy)",
    )
    database_url: str = Field(
        "sqlite+aiosqlite:///greenlight.db",
        alias="DATABASE_URL",
        description="`sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`",
    )
    host: str = Field("127.0.0.1", alias="HOST", description="Where the web endpoints listen")
    port: int = Field(
        3000, alias="PORT", ge=0, le=65535, description="Port of the web endpoints; 0 takes any"
    )
    public_url: str | None = Field(
        None,
        alias="PUBLIC_URL",
        description="How the world reaches them; without it Download answers privately, files of "
        "services whose links die can be had in the thread alone, and nothing can be uploaded for services "
        "that fetch files themselves",
    )
    secret_key: SecretStr | None = Field(
        None,
        alias="SECRET_KEY",
        description=(
            "16 characters or more; encrypts secrets at rest, a comma list rotates and the first "
            "encrypts. Made and kept beside a new SQLite database; required for PostgreSQL"
        ),
    )
    jarai_api_key: SecretStr | None = Field(
        None, alias="JARAI_API_KEY", description="Switches JARAI on"
    )
    jarai_dialect: Literal["partner", "v1"] = Field(
        "partner",
        alias="JARAI_DIALECT",
        description="Generation of JARAI's API: `partner` is the newer, `v1` the older",
    )
    jarai_base_url: str | None = Field(
        None,
        alias="JARAI_BASE_URL",
        description="JARAI's API; else by generation: `https://api.jarai.studio` for `partner`, "
        "`https://apim-jarai-prd.azure-api.net` for `v1`",
    )
    jarai_webhook_secret: SecretStr | None = Field(
        None,
        alias="JARAI_WEBHOOK_SECRET",
        description="Signing secrets of JARAI's webhooks, comma list; those made by "
        "`jarai webhooks add` are kept in the database",
    )
    narakeet_api_key: SecretStr | None = Field(
        None, alias="NARAKEET_API_KEY", description="Switches Narakeet on"
    )
    narakeet_base_url: str = Field(
        "https://api.narakeet.com", alias="NARAKEET_BASE_URL", description="Narakeet's API"
    )
    techforge_api_key: SecretStr | None = Field(
        None, alias="TECHFORGE_API_KEY", description="Switches TechForge on"
    )
    techforge_base_url: str = Field(
        "https://api.techforgeinnovate.com",
        alias="TECHFORGE_BASE_URL",
        description="TechForge's API",
    )
    catalog: Path = Field(
        Path("catalog.toml"), alias="CATALOG", description="Choices and people, see below"
    )
    deliverables_url: str | None = Field(
        None,
        alias="DELIVERABLES_URL",
        description="Where our copies of files live: `file:///…`, `s3://…`, `gs://…` or `az://…`. "
        "Default: the folder `deliverables` beside the database",
    )
    metrics_port: int | None = Field(
        None,
        alias="METRICS_PORT",
        ge=0,
        le=65535,
        description="`/metrics` on a port of its own; else on PORT for loopback callers only",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", alias="LOG_LEVEL", description="Least serious line that is written"
    )
    log_format: Literal["console", "json"] | None = Field(
        None, alias="LOG_FORMAT", description="Default: `console` on a terminal, else `json`"
    )

    command: str = Field("/produce", pattern=r"^/[a-z0-9_-]{1,31}$", description="Slash command")
    socket_connections: int = Field(
        2,
        ge=1,
        le=10,
        description="Socket Mode connections of this process, so that one can be renewed while "
        "another hears; Slack allows an app 10 in all",
    )
    look_queued_s: Seconds = Field(10, description="Seconds between looks while queued")
    look_producing_s: Seconds = Field(30, description="Seconds between looks while producing")
    look_awaiting_s: Seconds = Field(
        120, description="Seconds between looks while a person decides"
    )
    look_distributing_s: Seconds = Field(30, description="Seconds between looks while publishing")
    look_safety_s: Seconds = Field(
        300, description="Seconds between looks where webhooks arrive: the safety net"
    )
    look_ceiling_s: Seconds = Field(
        600, description="Longest wait in seconds while a service cannot be reached"
    )
    late_queued_s: Seconds = Field(900, description="Seconds after which queued is called late")
    late_producing_s: Seconds = Field(
        12_600, description="Seconds after which producing is called late; long forms take 3 h"
    )
    late_distributing_s: Seconds = Field(
        7_200, description="Seconds after which publishing is called late"
    )
    collect_s: Seconds = Field(
        600, description="Seconds to wait for files the service promised but does not list"
    )
    webhook_debounce_s: float = Field(
        2, ge=0, le=60, description="Seconds a webhook's look waits for further webhooks"
    )
    submit_timeout_s: Seconds = Field(
        30, description="Whole time of the one paid call, in seconds; under the stop grace"
    )
    look_timeout_s: Seconds = Field(15, description="Whole time of a look, in seconds")
    looks_at_once: int = Field(
        256, ge=1, le=2000, description="Looks under way at the same time, per service"
    )
    post_interval_s: float = Field(
        1.0, ge=0, le=60, description="Seconds between posts to one channel (Slack's limit)"
    )
    edits_per_minute: int = Field(
        50, ge=1, le=1000, description="Card edits a minute in the workspace (Slack's limit)"
    )
    progress_edit_s: float = Field(
        30, ge=0, le=3600, description="Seconds between two progress edits of one card"
    )
    copy_all: bool = Field(
        False,
        description="Copy the files of every service, not only of those whose links soon die",
    )
    copy_max_mb: int = Field(
        4096, ge=1, le=1_000_000, description="Longest file that is copied, in megabytes"
    )
    copy_patience_s: Seconds = Field(
        1800, description="Seconds after which a file that could not be copied is given up"
    )
    copies_at_once: int = Field(
        2, ge=1, le=50, description="Files copied at the same time; each takes some 4 MB of memory"
    )
    keep_copies_days: int = Field(
        90,
        ge=0,
        le=36_500,
        description="Days our copies are kept after a production has ended; 0 for ever",
    )
    keep_uploads_days: int = Field(
        7,
        ge=1,
        le=365,
        description="Days that an uploaded file, which a service fetches from us, is served after "
        "the last order with it",
    )
    upload_to_thread_max_mb: int = Field(
        0,
        ge=0,
        le=1000,
        description="Longest finished file that is put into the thread once the video is completed, "
        "in megabytes; 0 for none. Needs the Slack scope `files:write`, and copies every file",
    )
    jarai_requests_per_minute: int | None = Field(
        None, ge=0, description="JARAI's limit if its headers mislead; 0 for none"
    )
    jarai_requests_per_day: int | None = Field(
        None, ge=0, description="JARAI's daily limit, if not the tier's; 0 for none"
    )
    jarai_idempotency_key: bool = Field(
        True, description="Send an Idempotency-Key with a submission"
    )

    @field_validator(
        "public_url", "jarai_base_url", "narakeet_base_url", "techforge_base_url", "slack_api_url"
    )
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        is_local = parts.scheme == "http" and parts.hostname in _LOCAL
        if not parts.hostname or not (parts.scheme == "https" or is_local):
            raise ValueError("must be an https address (http only on this machine)")
        return value if value.endswith("/api/") else value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _is_known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise ValueError("must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://")
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and any(len(key) < SHORTEST_KEY for key in split(value)):
            raise ValueError("must hold keys of 16 characters or more, separated by commas")
        return value

    @field_validator("slack_bot_token")
    @classmethod
    def _is_bot_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith("xoxb-"):
            raise ValueError("must begin with xoxb-")
        return value

    @field_validator("slack_app_token")
    @classmethod
    def _is_app_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith("xapp-"):
            raise ValueError("must begin with xapp-")
        return value

    @field_validator("metrics_port")
    @classmethod
    def _is_another_port(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value and value == info.data.get("port"):
            raise ValueError("must be another port than PORT")
        return value

    @property
    def hears_by_socket(self) -> bool:
        """Whether everything from Slack comes over Socket Mode."""
        return self.slack_app_token is not None

    @property
    def copies_all(self) -> bool:
        """Whether the files of every service are copied; threads are given our copies."""
        return self.copy_all or self.share_most_bytes > 0

    @property
    def share_most_bytes(self) -> int:
        """Longest file that is put into the thread by itself; 0 for none."""
        return self.upload_to_thread_max_mb * MEGABYTE

    def pace(self) -> Pace:
        """Gather the look intervals and deadlines of JARAI-like services."""
        return Pace(
            look_s={
                State.QUEUED: self.look_queued_s,
                State.PRODUCING: self.look_producing_s,
                State.AWAITING_APPROVAL: self.look_awaiting_s,
                State.DISTRIBUTING: self.look_distributing_s,
            },
            safety_s=self.look_safety_s,
            ceiling_s=self.look_ceiling_s,
            deadline_s={
                State.QUEUED: self.late_queued_s,
                State.PRODUCING: self.late_producing_s,
                State.DISTRIBUTING: self.late_distributing_s,
            },
            collect_s=self.collect_s,
        )


def split(secret: SecretStr | None) -> tuple[str, ...]:
    """Take a comma list of secrets apart."""
    if secret is None:
        return ()
    return tuple(part.strip() for part in secret.get_secret_value().split(",") if part.strip())


def read_settings(**overrides: Any) -> Settings:
    """Read the environment and `.env`.

    Raises:
        SettingsError: Names the first wrong setting and what it must be.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = Settings.model_fields.get(_field_of(first["loc"]) or "")
        raise SettingsError(_name_of(first["loc"]), must_be(first, field)) from None


def unknown_names() -> list[str]:
    """List what begins like our settings in the environment or `.env` and is none of them.

    A misspelt name would otherwise leave its setting at the default without a word. Names of lines
    without a value are not listed.
    """
    sources = (EnvSettingsSource(Settings), DotEnvSettingsSource(Settings))
    given = {name.upper() for source in sources for name in source.env_vars}
    known = {env_name(field) for field in Settings.model_fields}
    return sorted(name for name in given - known if name.startswith(PREFIX))


def require(settings: Settings, *names: str) -> None:
    """Insist on settings that only some commands need.

    Raises:
        SettingsError: Names all of them that are not set.
    """
    missing = [env_name(name) for name in names if getattr(settings, name) is None]
    if missing:
        raise SettingsError(" and ".join(missing), "must be set")


def env_name(field: str) -> str:
    """Give the environment variable of a field."""
    alias = Settings.model_fields[field].alias
    return alias or f"{PREFIX}{field.upper()}"


def _name_of(location: Sequence[str | int]) -> str:
    field = _field_of(location)
    return env_name(field) if field else str(location[0]).upper() if location else "SETTINGS"


def _field_of(location: Sequence[str | int]) -> str | None:
    name = str(location[0]) if location else ""
    return next((key for key in Settings.model_fields if name in {key, env_name(key)}), None)
