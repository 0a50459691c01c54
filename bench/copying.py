"""The process that `bench.copies` watches: the real store, fetcher and endpoint, without Slack."""

import asyncio
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.app import utc_now
from bot.copies.transfer import Transfer
from bot.core.production import Deliverable
from bot.handout import OurFile
from bot.providers.fetching import FetchRules
from bot.web.copies import serve_copy
from storage.engine import Database
from storage.files import Files
from storage.migrate import migrate
from storage.store import Store
from storage.values import CopyClaim, KeptCopy

MOST_BYTES = 1_000_000_000


class Bench:
    """Copy a file when told to, and serve it from then on."""

    def __init__(self, *, store: Store, files: Files, url: str) -> None:
        self._store = store
        self._files = files
        self._url = url
        self._kept: dict[str, KeptCopy] = {}

    async def copy(self, request: Request) -> Response:
        """Copy a file."""
        size = request.path_params["size"]
        transfer = Transfer(
            _claim(size), store=self._store, files=self._files, clock=utc_now, stop=asyncio.Event()
        )
        rules = FetchRules(max_bytes=MOST_BYTES)
        self._kept[size] = await transfer.run(f"{self._url}/{size}", rules=rules)
        return PlainTextResponse("kept")

    async def serve(self, request: Request) -> Response:
        """Serve a file that was copied."""
        kept = self._kept[request.path_params["size"]]
        ours = OurFile(
            file=kept.file,
            name="large.mp4",
            kind="video",
            size_bytes=kept.size_bytes,
            sha256=kept.sha256,
            listed_type=None,
            sent_type=kept.content_type,
        )
        return serve_copy(
            request, ours, lambda one, start, end: self._files.read(one.file, start, end)
        )

    async def ready(self, _request: Request) -> Response:
        """Say that it listens."""
        return PlainTextResponse("ready")


def _claim(size: str) -> CopyClaim:
    return CopyClaim(
        id=1,
        production_id=f"BENCH-{size}",
        attempt=1,
        deliverable=Deliverable(key=size, kind="video", name="large.mp4"),
        provider="bench",
        job=None,
        wanted_at=utc_now(),
        tries=0,
        token="one",
    )


async def main(folder: Path, port: int, url: str) -> None:
    """Serve until ended."""
    address = f"sqlite+aiosqlite:///{folder / 'bench.db'}"
    await migrate(address)
    store = await Store.open(await Database.open(address), secret_key="only for benchmarks")
    bench = Bench(store=store, files=Files((folder / "files").as_uri()), url=url)
    app = Starlette(
        routes=[
            Route("/readyz", bench.ready),
            Route("/copy/{size}", bench.copy, methods=["POST"]),
            Route("/d/{size}", bench.serve, methods=["GET", "HEAD"]),
        ]
    )
    await uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False)).serve()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
