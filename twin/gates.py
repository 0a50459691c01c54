"""What every call of a local service's API passes, whatever the service looks at."""

from abc import ABC, abstractmethod
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from twin.journal import Journal
from twin.recording import write_down
from twin.service import CONTROL_PREFIX


class ServiceGate(ABC):
    """Dress every answer and write it down; which calls are let in is the service's own rule."""

    def __init__(self, *, journal: Journal) -> None:
        self._journal = journal

    def middleware(self) -> Middleware:
        """Build the outermost middleware; control is spared."""

        @web.middleware
        async def dress(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path.startswith(CONTROL_PREFIX):
                return await handler(request)
            response, answer = await self._answer(request, handler)
            await write_down(
                self._journal, request, response, answer=answer, **self._noted(request)
            )
            return response

        return dress

    @abstractmethod
    def rate_limited(self, seconds: float) -> web.Response:
        """Write the 429 that a fault asks for."""

    @abstractmethod
    async def _answer(
        self, request: web.Request, handler: Handler
    ) -> tuple[web.StreamResponse, str | None]:
        """Run the handler and turn every refusal into the service's error body.

        Returns:
            The response, and the body's important part, such as an error word.
        """

    @abstractmethod
    def _noted(self, request: web.Request) -> dict[str, Any]:
        """Give what the journal says of a call besides, as `write_down` takes it."""
