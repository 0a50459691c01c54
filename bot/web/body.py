"""Reading request bodies without trusting their length."""

from starlette.requests import Request


class BodyTooLargeError(Exception):
    """More bytes came than the endpoint takes."""


async def read_body(request: Request, *, max_bytes: int) -> bytes:
    """Read a body, and stop as soon as it is too large.

    Raises:
        BodyTooLargeError: It is longer than `max_bytes`.
    """
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > max_bytes:
            raise BodyTooLargeError
        chunks.append(chunk)
    return b"".join(chunks)
