"""Reading request bodies without trusting their length, their pace or their end."""

import asyncio
from typing import ClassVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

BODY_S = 10.0
"""Whole time for a body to come in, in seconds; Slack and the services take well under one."""


class BodyError(Exception):
    """A body could not be read; its kinds say what to answer."""

    status: ClassVar[int]


class BodyTooLargeError(BodyError):
    """More bytes came than the endpoint takes."""

    status = 413


class BodyTooSlowError(BodyError):
    """The body was not complete in time."""

    status = 408


class BodyCutOffError(BodyError):
    """Whoever sent it went away meanwhile."""

    status = 400


async def read_body(request: Request, *, max_bytes: int) -> bytes:
    """Read a body, and stop as soon as it is too large or too slow.

    Raises:
        BodyError: It is longer than `max_bytes`, takes longer than `BODY_S`, or has no end.
    """
    try:
        async with asyncio.timeout(BODY_S):
            return await _read(request, max_bytes=max_bytes)
    except TimeoutError:
        raise BodyTooSlowError from None
    except ClientDisconnect:
        raise BodyCutOffError from None


async def _read(request: Request, *, max_bytes: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > max_bytes:
            raise BodyTooLargeError
        chunks.append(chunk)
    return b"".join(chunks)


def refused(error: BodyError) -> Response:
    """Answer, and close the connection: the rest of the body may still be coming."""
    return PlainTextResponse("not read", status_code=error.status, headers={"connection": "close"})
