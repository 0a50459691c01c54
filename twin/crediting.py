"""The control calls of a service whose accounts have credits: show them, set them."""

from typing import Any

from aiohttp import web

from twin.controlling import read_object
from twin.credits import Credits
from twin.openapi import Operation
from twin.switches import Check


class CreditsControl:
    """Answer the calls.

    Args:
        field: The service's word for an amount.
        amount: What an amount may be.
        standard: Whose credits are set where no account is named.
    """

    def __init__(self, credits_left: Credits, *, field: str, amount: Check, standard: str) -> None:
        self._credits = credits_left
        self._field = field
        self._amount = amount
        self._standard = standard

    def routes(self) -> list[web.RouteDef]:
        """List the routes, without the prefix."""
        return [web.get("/credits", self.show), web.post("/credits", self.set)]

    def operations(self) -> list[Operation]:
        """Describe the calls."""
        accounts = {"type": "string", "enum": list(self._credits.as_json())}
        _, _, amount = self._amount
        return [
            Operation(call="GET /__twin/credits", summary="Show every account's credits."),
            Operation(
                call="POST /__twin/credits",
                summary="Give an account other credits; without a name it is the standard key's.",
                body={
                    "type": "object",
                    "properties": {"account": accounts, self._field: amount},
                    "required": [self._field],
                    "additionalProperties": False,
                },
            ),
        ]

    async def show(self, _: web.Request) -> web.Response:
        """Show every account's credits."""
        return web.json_response(self._credits.as_json())

    async def set(self, request: web.Request) -> web.Response:
        """Give an account other credits."""
        body = await read_object(request)
        if not body.keys() <= {"account", self._field}:
            raise ValueError(f"only account and {self._field} may be given")
        is_right, must, _ = self._amount
        amount: Any = body.get(self._field)
        if not is_right(amount):
            raise ValueError(f"{self._field} must be {must}")
        self._credits.set(str(body.get("account", self._standard)), amount)
        return await self.show(request)
