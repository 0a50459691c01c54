"""Uploads for TechForge, from a form to its worker, over our own route and on both databases."""

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from bot.core.form import FileField, TextField
from bot.core.production import Answer, FileReference
from bot.providers.base import Accepted
from bot.publishing import PublishedFiles, Publisher
from bot.web.readers import Readers
from bot.web.uploads import UploadEndpoint
from storage.files import Files
from tests.contract.provider_techforge import TechForgeBench
from tests.publishing import Drawer
from tests.serving import listen
from twin.files import jpg

FACE = jpg("a face")
FILE = FileReference(file_id="F0FACE", name="face.jpg", size_bytes=len(FACE))


@pytest.fixture
async def bench(store, tmp_path):
    """Give TechForge whose worker fetches every file, and what publishes on our side."""
    async with TechForgeBench() as bench:
        files = Files((tmp_path / "files").as_uri())
        published = PublishedFiles(store=store, files=files, clock=bench.clock.now)
        endpoint = UploadEndpoint(published, clock=bench.clock.now, readers=Readers())
        route = Route("/u/{token}/{name}", endpoint.answer, methods=["GET", "HEAD"])
        listening = listen()
        with listening as socket:
            config = uvicorn.Config(Starlette(routes=[route]), log_config=None, access_log=False)
            config.load()
            server = uvicorn.Server(config)
            server.lifespan = config.lifespan_class(config)
            await server.startup(sockets=[socket])
            bench.publishing = Publisher(
                uploads=Drawer({FILE.file_id: FACE}),
                store=store,
                files=files,
                public_url=f"http://127.0.0.1:{socket.getsockname()[1]}",
                keep_days=7,
                clock=bench.clock.now,
            )
            bench.configure(outside_media="doubt", queued_s=1)
            bench.provider = bench.build()
            yield bench
            await server.shutdown(sockets=[socket])


def with_face(bench):
    """Fill the form in, with an upload where the picture goes."""
    request = bench.request(**{"audio.voiceover": "", "image.avatar": ""})
    face = Answer(
        key="image.avatar", label="Avatar", value="F0FACE", shown="face.jpg", files=(FILE,)
    )
    others = tuple(one for one in request.answers if one.key != face.key)
    return request.__class__(**(vars(request) | {"answers": (*others, face)}))


async def test_the_worker_fetches_what_was_uploaded(bench):
    """The job goes on only where a picture stands at the address, which nobody else knows."""
    prepared = await bench.provider.prepare(with_face(bench))
    again = await bench.provider.prepare(with_face(bench))
    assert prepared == again
    accepted = await bench.provider.submit(prepared, key="7K3MQ2-1")
    assert isinstance(accepted, Accepted)
    await bench.pass_time(2)
    assert (await bench.provider.observe(accepted.job)).word == "STARTED"
    async with httpx.AsyncClient() as client:
        answer = await client.get(prepared["values"]["avatar"]["image_url"])
    assert answer.content == FACE


async def test_the_worker_finds_nothing_once_the_time_is_over(bench):
    """A job that is taken up too late fails, and says that the address is over."""
    prepared = await bench.provider.prepare(with_face(bench))
    bench.configure(queued_s=8 * 86_400)
    accepted = await bench.provider.submit(prepared, key="7K3MQ2-1")
    bench.configure(reason="message")
    await bench.pass_time(8 * 86_400 + 1)
    seen = await bench.provider.observe(accepted.job)
    assert "answers 410" in seen.failure.text


async def test_the_form_takes_files_where_they_can_be_published(bench):
    """Pictures and recordings, music too; everything else stays as it is."""
    form = await bench.provider.form(bench.chosen)
    kinds = {one.key: type(one) for one in form.fields}
    assert kinds["image.avatar"] is kinds["audio.voiceover"] is kinds["music.url"] is FileField
    assert kinds["text.headline"] is TextField
