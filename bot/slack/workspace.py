"""Which workspace is ours and what our token may do there, as Slack says and never as payloads do."""

import asyncio

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import classify, slack_word

log = structlog.get_logger(__name__)

LOOK_UP_S = 2.0
"""Longest wait for Slack in seconds: somebody is waiting, and a form must be acked within 3."""


class Workspace:
    """The workspace that the token was installed in, learned once."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._team_id: str | None = None
        self._scopes: frozenset[str] = frozenset()

    @property
    def team_id(self) -> str | None:
        """Its id; None while Slack has not told."""
        return self._team_id

    @property
    def reads_history(self) -> bool:
        """Whether the optional scopes that let us look for our own messages were granted."""
        return "channels:history" in self._scopes

    @property
    def reads_files(self) -> bool:
        """Whether the optional scope that lets us read uploaded files was granted."""
        return "files:read" in self._scopes

    @property
    def writes_files(self) -> bool:
        """Whether the optional scope that lets us put files into threads was granted."""
        return "files:write" in self._scopes

    async def learn(self) -> bool:
        """Ask Slack who we are; False where it did not answer, so ask again."""
        try:
            answer = await self._client.auth_test()
        except Exception as error:  # noqa: BLE001 - classify() names what it knows, and re-raises.
            outcome = type(classify(error)).__name__.lower()
            log.warning("slack_not_asked", outcome=outcome, word=slack_word(error))
            return False
        team_id = answer.get("team_id")
        if not isinstance(team_id, str) or not team_id:
            log.warning("slack_not_asked", outcome="no team in the answer")
            return False
        granted = str(answer.headers.get("x-oauth-scopes", ""))
        self._scopes = frozenset(scope.strip() for scope in granted.split(","))
        self._team_id = team_id
        log.info("slack_reached", team_id=team_id, reads_history=self.reads_history)
        return True

    async def own_team_id(self) -> str | None:
        """Give its id, asking now where that was not possible before.

        Returns:
            None where Slack did not answer in time.
        """
        if self._team_id is None:
            try:
                async with asyncio.timeout(LOOK_UP_S):
                    await self.learn()
            except TimeoutError:
                log.warning("slack_not_asked", outcome="timeout")
        return self._team_id
