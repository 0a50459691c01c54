"""`catalog.toml`: the choices that a service's API does not list, and who decides."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from bot.core.approval import Policy
from bot.core.errors import SettingsError, cut


class Named(BaseModel):
    """A choice with an id."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(min_length=1, max_length=75)
    name: str = Field(min_length=1)


class ProjectType(BaseModel):
    """A kind of video."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    slug: str = Field(min_length=1, max_length=75)
    name: str = Field(min_length=1)


class JaraiCatalog(BaseModel):
    """What JARAI's API does not list."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    languages: tuple[Named, ...] = Field(min_length=1)
    countries: tuple[Named, ...] = Field(min_length=1)
    project_types: tuple[ProjectType, ...] = ()
    console_url: str = "https://console.jarai.studio"
    reject_cancels: bool = False


class NarakeetCatalog(BaseModel):
    """What Narakeet's API does not list."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    sizes: tuple[Annotated[str, Field(min_length=1, max_length=40)], ...] = Field(
        default=("720p", "1080p"), min_length=1
    )


class TechForgeCatalog(BaseModel):
    """What TechForge's documents do not say.

    Attributes:
        status_aliases: Words for a job's state that no document has, each with the one it means.
        console_url: Page for people; empty for none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    status_aliases: Mapping[
        Annotated[str, Field(min_length=1, max_length=40)],
        Literal["QUEUED", "STARTED", "IN_PROGRESS", "SUCCESS", "FAILED"],
    ] = Field(default_factory=dict)
    console_url: str = "https://app.techforgeinnovate.com"


class SlackCatalog(BaseModel):
    """Who decides and who is on call."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    on_call_channel: str | None = Field(default=None, pattern=r"^[CG][A-Z0-9]+$")
    on_call_group: str | None = Field(default=None, pattern=r"^[SUW][A-Z0-9]+$")
    approvers: tuple[Annotated[str, Field(pattern=r"^[SUW][A-Z0-9]+$")], ...] = ()
    gate: bool = True

    @property
    def on_call(self) -> tuple[str, ...]:
        """Who is called, as a list of one or none."""
        return (self.on_call_group,) if self.on_call_group else ()

    def policy(self) -> Policy:
        """Gather who was named."""
        return Policy(approvers=frozenset(self.approvers), on_call=frozenset(self.on_call))


class Catalog(BaseModel):
    """`catalog.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    jarai: JaraiCatalog | None = None
    narakeet: NarakeetCatalog = NarakeetCatalog()
    techforge: TechForgeCatalog = TechForgeCatalog()
    slack: SlackCatalog = SlackCatalog()


def read_catalog(path: Path) -> Catalog:
    """Read and check `catalog.toml`.

    Raises:
        SettingsError: Names CATALOG and the place in the file.
    """
    try:
        return Catalog.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError:
        raise SettingsError("CATALOG", f"must name a readable file, not {path.name}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError("CATALOG", f"must be TOML: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError("CATALOG", f"is wrong at {where}: {_catalog_fault(first)}") from None


_ID_SHAPES = {
    "approvers": "U0123ABC or S0123ABC",
    "on_call_channel": "C0123ABC",
    "on_call_group": "S0123ABC or U0123ABC",
}


def _catalog_fault(error: ErrorDetails) -> str:
    """Say in plain words what is wrong; nothing in the catalog is secret."""
    kind = error["type"]
    if kind == "string_pattern_mismatch":
        name = next(part for part in error["loc"] if part in _ID_SHAPES)
        shape = _ID_SHAPES[str(name)]
        return f"{cut(error['input'], 40)!r} is no Slack id; those look like {shape}"
    plain = {
        "too_short": "needs at least one entry",
        "missing": "must be there",
        "extra_forbidden": "there is no such entry",
        "string_too_short": "must not be empty",
    }
    return plain.get(kind) or f"{error['msg'][:1].lower()}{error['msg'][1:]}"
