"""What the tests of files share: a twin whose app may use them, and the steps of an upload."""

import contextlib
from collections.abc import AsyncIterator

from tests.unit.twin.slack.support import MARKETING, running_twin
from twin.slack.app import SlackTwin

SCOPES = {"files:read", "files:write", "chat:write", "channels:read", "groups:read", "im:write"}


@contextlib.asynccontextmanager
async def file_twin() -> AsyncIterator[SlackTwin]:
    """Run a local Slack whose app is granted files."""
    async with running_twin() as twin:
        twin.installation.scopes |= SCOPES
        yield twin


async def promised(client, *, size=5, name="brief.txt", **more):
    """Do the first step and give the file's id and upload URL."""
    answer = await client.files_getUploadURLExternal(filename=name, length=size, **more)
    return answer["file_id"], answer["upload_url"]


async def sent(client, session, *, content=b"hello", **more):
    """Do the first two steps and give the file's id."""
    file_id, url = await promised(client, size=len(content), **more)
    async with session.post(url, data=content) as response:
        assert response.status == 200
    return file_id


async def shared(client, session, *, channel=MARKETING, content=b"hello", name="brief.txt"):
    """Do all three steps and give the file as `files.info` tells it."""
    file_id = await sent(client, session, content=content, name=name)
    await client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=channel)
    return (await client.files_info(file=file_id))["file"]


async def as_person(twin, *files, **more):
    """Upload as Ana and give the answer."""
    uploads = [(name, b"content") for name in files]
    return await twin.act.upload(user="U0ANA", uploads=uploads, **more)
