"""Options that a bot offers while a person types into an external select."""

from collections.abc import Callable
from typing import Any

from twin.foreign_json import read_json
from twin.slack.checks import option_problems
from twin.slack.errors import ClientError
from twin.slack.outbound import payloads
from twin.slack.outbound.deliveries import Deliveries
from twin.slack.outbound.payloads import Receiver
from twin.slack.people.forms import Suggest, gather_offered
from twin.slack.place.model import Json, Message, User, View
from twin.slack.place.states import is_external


class Suggestions:
    """Ask bots for options.

    Args:
        receiver: Finds the app that a message or view belongs to.
    """

    def __init__(
        self, receiver: Callable[[Message | View], Receiver], *, deliveries: Deliveries
    ) -> None:
        self._receiver = receiver
        self._deliveries = deliveries

    def asker(self, actor: User, target: Message | View) -> Suggest:
        """Make what asks for options while somebody fills in a form."""

        async def suggest(block: Json, element: Json, typed: str) -> Json:
            return await self.fetch(actor, target, block=block, element=element, typed=typed)

        return suggest

    async def offered(
        self, actor: User, target: Message | View, *, block: Json, element: Json, entered: Any
    ) -> Json | None:
        """Ask for options if the element takes them from the bot; None if it does not.

        Raises:
            ClientError: No usable answer, so the person sees no options.
        """
        if not is_external(element):
            return None
        suggest = self.asker(actor, target)
        return await gather_offered(block, element, entered, suggest=suggest)

    async def fetch(
        self, actor: User, target: Message | View, *, block: Json, element: Json, typed: str
    ) -> Json:
        """Ask the bot what an external select offers for what was typed.

        Returns:
            `options` or `option_groups`.

        Raises:
            ClientError: No usable answer, so the person sees no options.
        """
        if len(typed) < element.get("min_query_length", 3):
            raise ClientError(f"type more than {typed!r} to see options")
        to = self._receiver(target)
        payload = payloads.suggestion(
            to,
            user=actor,
            target=target,
            block_id=block["block_id"],
            action_id=element["action_id"],
            value=typed,
        )
        outcome = await self._deliveries.send_interaction(to.installation.app, payload)
        if outcome.error is not None:
            raise ClientError(f"options could not be loaded: {outcome.error}")
        return _read_options(outcome.body)


def _read_options(body: str) -> Json:
    try:
        answer: Any = read_json(body)
    except ValueError as error:
        raise ClientError("options could not be loaded: the answer is not JSON") from error
    problems = option_problems(answer)
    if problems:
        raise ClientError(f"options could not be loaded: {'; '.join(problems)}")
    found: Json = answer
    return found
