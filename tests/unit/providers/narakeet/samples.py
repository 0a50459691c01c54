"""Sample bodies and values that the tests of Narakeet share."""

import json
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

from bot.core.errors import ProviderRefusedError
from bot.core.production import Answer, FileReference, ProductionRequest

FOLDER = Path(__file__).parents[3] / "samples" / "narakeet"
KEY = "narakeet-standard-0000000000"
SCRIPT = "![](london.jpg)\n\nGood morning from London."


def sample_bytes(name: str) -> bytes:
    """Give a sample as it goes over the wire."""
    return (FOLDER / f"{name}.json").read_bytes()


def sample(name: str) -> Any:
    """Give a sample as JSON."""
    return json.loads(sample_bytes(name))


class Given:
    """Uploads that a test has at hand; what is not there is gone."""

    def __init__(self, **contents: bytes) -> None:
        self.contents = dict(contents)
        self.opened: list[str] = []

    def file(self, name: str, content: bytes) -> FileReference:
        """Put a file there and give its reference."""
        file_id = f"F{len(self.contents)}"
        self.contents[file_id] = content
        return FileReference(file_id=file_id, name=name, size_bytes=len(content))

    async def open(self, file: FileReference) -> AsyncGenerator[bytes, None]:
        """Begin to read a file."""
        self.opened.append(file.name)
        if file.file_id not in self.contents:
            raise ProviderRefusedError(f"“{file.name}” is gone.", code="file_gone")
        return self._chunks(self.contents[file.file_id])

    async def _chunks(self, content: bytes) -> AsyncGenerator[bytes, None]:
        half = len(content) // 2
        for chunk in (content[:half], content[half:]):
            yield chunk


def build_request(
    topic: str = "Autumn range teaser",
    *,
    files: Mapping[str, tuple[FileReference, ...]] | None = None,
    **values: str,
) -> ProductionRequest:
    """Fill the form in.

    Args:
        files: Uploads by field.
        values: What stands in the other fields.
    """
    typed = [Answer(key=key, label=key, value=value, shown=value) for key, value in values.items()]
    uploaded = [
        Answer(
            key=key,
            label=key,
            value=" ".join(one.file_id for one in those),
            shown=" ".join(one.name for one in those),
            files=those,
        )
        for key, those in (files or {}).items()
    ]
    return ProductionRequest(
        provider="narakeet",
        topic=topic,
        team_id="T1",
        channel_id="C1",
        requester_id="U1",
        answers=(*typed, *uploaded),
    )
