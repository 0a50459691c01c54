"""Writing calls into the journal as people may read them."""

from typing import Any

from aiohttp import web

from twin.journal import Journal
from twin.secrecy import body_shown, payload_shown


async def write_down(
    journal: Journal,
    request: web.Request,
    response: web.StreamResponse,
    *,
    answer: str | None = None,
    shows_sent: bool = True,
    **detail: Any,
) -> None:
    """Enter a call with what was sent and answered, secrets taken out.

    Only the path is written, never the query: a link's query is its key.

    Args:
        answer: The body's important part, such as an error word.
        shows_sent: False where the body is a secret, such as somebody's script: then only its
            type and size are written.
        detail: What else the entry should say.
    """
    is_cut = request.transport is None or request.transport.is_closing()
    await journal.record(
        direction="in",
        what=f"{request.method} {request.path}",
        status=None if is_cut else response.status,
        answer=answer,
        payload=await _sent(request, is_shown=shows_sent),
        body=body_shown(getattr(response, "body", None), content_type=response.content_type),
        **detail,
    )


async def _sent(request: web.Request, *, is_shown: bool) -> Any:
    """Give what was sent as the journal shows it; None unless a handler has read it."""
    if not request.body_exists or request.can_read_body:
        return None
    body = await request.read()
    if not is_shown:
        return f"({request.content_type}, {len(body)} bytes)"
    return payload_shown(body, content_type=request.content_type)
