"""What a finished production consists of, and where its files are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from twin import files
from twin.jarai.catalogue import ACCOUNTS
from twin.jarai.model import Job
from twin.jarai.settings import Settings

LINK_LIFE = timedelta(hours=1)  # Documented for `sasUrl` (getting started, seen 2026-11-21).


@dataclass(frozen=True, kw_only=True)
class Item:
    """One file of a production.

    Attributes:
        platform: Platform a video variant is for; None for the rest.
        content: The bytes, the same at every call.
    """

    deliverable_id: str
    type: str
    file_name: str
    content_type: str
    platform: str | None
    content: bytes


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """A file that every production gets."""

    type: str
    file_name: str
    content_type: str
    make: Callable[[str], bytes]
    variant: int | None = None


def _certificate(seed: str) -> bytes:
    return files.pdf(seed, title="Certificate of compliance")


def _sources(seed: str) -> bytes:
    return f'{{"production": "{seed}", "sources": []}}\n'.encode()


_KINDS = (
    _Kind(
        type="Video",
        file_name="video-16x9.mp4",
        content_type="video/mp4",
        make=files.mp4,
        variant=0,
    ),
    _Kind(
        type="Video",
        file_name="video-9x16.mp4",
        content_type="video/mp4",
        make=files.mp4,
        variant=1,
    ),
    _Kind(type="ClosedCaptions", file_name="captions.vtt", content_type="text/vtt", make=files.vtt),
    _Kind(
        type="AudioDescription",
        file_name="audio-description.mp3",
        content_type="audio/mpeg",
        make=files.mp3,
    ),
    _Kind(
        type="Transcript",
        file_name="transcript.txt",
        content_type="text/plain",
        make=files.transcript,
    ),
    _Kind(
        type="ComplianceCertificate",
        file_name="certificate.pdf",
        content_type="application/pdf",
        make=_certificate,
    ),
)
# The help site speaks of an attribution package; no document gives its type.
_UNKNOWN = _Kind(
    type="AttributionPackage",
    file_name="attribution.json",
    content_type="application/json",
    make=_sources,
)


def items_of(job: Job, *, settings: Settings) -> list[Item]:
    """List a production's files, whether they may be fetched already or not."""
    kinds = (*_KINDS, _UNKNOWN) if settings.unknown_deliverable else _KINDS
    return [_item(job, kind) for kind in kinds]


def find_item(job: Job, file_name: str) -> Item | None:
    """Give one file, if the production has it."""
    for kind in (*_KINDS, _UNKNOWN):
        if kind.file_name == file_name:
            return _item(job, kind)
    return None


def _item(job: Job, kind: _Kind) -> Item:
    seed = f"{job.production_id}/{kind.file_name}"
    platforms = ACCOUNTS[job.wish.account_id].platforms
    return Item(
        deliverable_id=str(uuid5(NAMESPACE_URL, seed)),
        type=kind.type,
        file_name=kind.file_name,
        content_type=kind.content_type,
        platform=None if kind.variant is None else platforms[kind.variant],
        content=kind.make(seed),
    )


def path_of(job: Job, item: Item) -> str:
    """Give a file's path on the file host."""
    return f"/files/{job.production_id}/{item.file_name}"


def summary(item: Item) -> dict[str, Any]:
    """Describe a file without a link, as an event may."""
    body: dict[str, Any] = {
        "deliverableId": item.deliverable_id,
        "type": item.type,
        "fileName": item.file_name,
        "contentType": item.content_type,
        "sizeBytes": len(item.content),
    }
    if item.platform is not None:
        body["platform"] = item.platform
    return body


_ALIASES = {"type": "deliverableType", "fileName": "name"}


def aliased(body: Mapping[str, Any]) -> dict[str, Any]:
    """Rename the fields whose spelling the documents leave open."""
    return {_ALIASES.get(name, name): value for name, value in body.items()}
