"""Which productions people are shown: of a channel, and of one person at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.production import TERMINAL, Production, State
from bot.habits import Habits

_PAGE = 10
OPEN = frozenset(State) - TERMINAL


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What one person may want to see at a glance, each newest change first.

    Attributes:
        undecided: Everybody's productions that wait for a decision.
        open: Those this person asked for that go on.
        finished: Those this person asked for that have ended.
    """

    undecided: Sequence[Production]
    open: Sequence[Production]
    finished: Sequence[Production]


class Lists(Habits):
    """Find the productions that somebody wants to see."""

    async def list_open(self, *, channel_id: str, page: int) -> list[Production]:
        """List a channel's open productions, newest change first; page 0 is the first."""
        return await self._list(channel_id, OPEN, page)

    async def list_failed(self, *, channel_id: str, page: int) -> list[Production]:
        """List a channel's failed and unknown productions, newest change first."""
        return await self._list(channel_id, {State.FAILED, State.SUBMISSION_UNKNOWN}, page)

    async def overview(self, *, team_id: str, user_id: str, limit: int) -> Overview:
        """Gather what one person's Home tab may be made of, at most `limit` of a kind.

        Whether they may decide, and may know of the channels, is for the caller to find out.
        """
        find = self._store.list_productions
        awaiting = await find(team_id=team_id, states={State.AWAITING_APPROVAL}, limit=limit)
        started, ended = [
            await find(team_id=team_id, requester_id=user_id, states=states, limit=limit)
            for states in (OPEN, TERMINAL)
        ]
        undecided = [one for one in awaiting if one.decision is None]
        return Overview(undecided=undecided, open=started, finished=ended)

    async def _list(
        self, channel_id: str, states: set[State] | frozenset[State], page: int
    ) -> list[Production]:
        return await self._store.list_productions(
            channel_id=channel_id, states=frozenset(states), limit=_PAGE, offset=page * _PAGE
        )
