"""One turn with a production's files: send the bytes, show them, or take them away again.

Sending bytes may be repeated. Showing is marked before it is done: where its outcome is unknown,
because Slack did not answer or the process was killed, the thread is looked through first. What is
shown again is what Slack has already; it shows a file once, so that a repeated call is harmless.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot import instruments
from bot.core.errors import FilesUnavailableError
from bot.core.notices import Kind, Notice, Priority, Route
from bot.core.production import Deliverable, Production, ShareState
from bot.core.schedule import backoff_s
from bot.core.shares import ASKED_MOST_BYTES, TAKEN_BACK, UNSAID, why_not_shared
from bot.slack.errors import NotSent, Paused, RateLimited, Refused, Unknown
from bot.slack.thread_files import Declined, Failed, Shown, ThreadFiles, Uploaded, final_word
from bot.slack.views.shares import share_comment, share_title
from storage.files import Files
from storage.store import Store
from storage.values import ClaimedShare, ShareClaim

log = structlog.get_logger(__name__)

LEASE_S = 180.0
"""How long a sharer that has died keeps others away; longer than any silence in an upload."""
RENEW_AFTER = timedelta(seconds=30)
RETRY_BASE_S = 20.0
RETRY_CEILING_S = 300.0
PATIENCE = timedelta(hours=6)
DECLINED_MOST = 3
"""Tries after which bytes that are not wanted are not sent again."""
TRY_S = 2 * 3600.0
"""Whole time of one file, in seconds: a connection that trickles must not be waited for for ever."""
OPEN_S = 20.0
"""Longer than one call may last: after it, what was cut off on our side is over on Slack's too."""
LAG = timedelta(minutes=10)
"""How long what Slack took may be missing from the thread: it looks through large files first."""

OUT_OF_TIME = "no_answer_in_time"
FORGOTTEN = "file_not_found"
"""Slack's word for a file that it has dropped, and for one that it has shown already."""
_SETTLED = frozenset({ShareState.SHARED, ShareState.REFUSED})


class ToldToStopError(Exception):
    """The process ends; nothing is wrong with the files."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What every turn needs.

    Attributes:
        most_bytes: Longest file that nobody has asked for; 0 for none.
        name_of: Gives the name to save a file under, from the file and the topic.
        jitter: Draws from [0, 1).
    """

    store: Store
    files: Files
    slack: ThreadFiles
    most_bytes: int
    name_of: Callable[[Deliverable, str], str]
    clock: Callable[[], datetime]
    jitter: Callable[[], float]


class Turn:
    """Act on one claim, once.

    Every file of it is either settled or put off in the end.
    """

    def __init__(self, claim: ShareClaim, *, parts: Parts, stop: asyncio.Event) -> None:
        self._claim = claim
        self._parts = parts
        self._store = parts.store
        self._stop = stop
        self._renewed_at = parts.clock()
        self._left = {one.id: one for one in claim.shares}
        self._file_ids = {one.id: one.file_id for one in claim.shares if one.file_id is not None}

    async def act(self) -> None:
        """Do what comes next for these files.

        Raises:
            LostClaimError: Another worker has them now.
            StorageError: What came of it may not be recorded.
        """
        claim = self._claim
        is_taken_back = all(one.is_taken_back for one in claim.shares)
        if claim.state in _SETTLED and not is_taken_back:
            await self._store.leave_shares(claim)  # Its video was taken up again.
        elif claim.state is not ShareState.WANTED and is_taken_back:
            await self._withdraw()
        elif claim.state is ShareState.SENDING:
            await self._look()
        elif await self._upload():
            await self._show(is_open=False)

    # Sending the bytes.

    async def _upload(self) -> bool:
        """Send what Slack does not have yet; False where nothing is to be shown now."""
        for one in list(self._left.values()):
            why = why_not_shared(
                one.deliverable,
                most_bytes=ASKED_MOST_BYTES if one.asked_by else self._parts.most_bytes,
                is_taken_back=one.is_taken_back,
            )
            if why is not None:
                over = ShareState.WITHDRAWN if one.is_taken_back else ShareState.REFUSED
                await self._end([one.id], over, why)
            elif one.id not in self._file_ids and not await self._sent(one):
                return False
        return bool(self._left)

    async def _sent(self, one: ClaimedShare) -> bool:
        """Send one file; False where all of them have to wait."""
        try:
            async with asyncio.timeout(TRY_S):
                outcome = await self._send(one)
        except ToldToStopError:
            await self._put_off(ShareState.WANTED, due_at=self._parts.clock(), failed=False)
            return False
        except (FilesUnavailableError, TimeoutError) as error:
            outcome = NotSent(text=str(error) or "timed_out")
        if isinstance(outcome, Uploaded):
            self._file_ids[one.id] = outcome.file_id
            until_at = self._in(LEASE_S)
            await self._store.note_uploaded(self._claim, one.id, outcome.file_id, until_at=until_at)
            return True
        word = final_word(outcome)
        if isinstance(outcome, Declined) and one.tries + 1 >= DECLINED_MOST:
            word = outcome.text
        if word is not None:
            await self._refuse([one.id], word)
            return True
        await self._wait(outcome, ShareState.WANTED)
        return False

    async def _send(self, one: ClaimedShare) -> Uploaded | Failed:
        copy, name = one.deliverable.copy, self._parts.name_of(one.deliverable, self._claim.topic)
        if copy is None or copy.file is None or copy.size_bytes is None:
            return NotSent(text="the copy is not whole")
        pieces = self._held(self._parts.files.read(copy.file, 0, copy.size_bytes))
        try:
            return await self._parts.slack.upload(name, size_bytes=copy.size_bytes, pieces=pieces)
        finally:
            await pieces.aclose()

    async def _held(self, pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """Pass a file on, holding on to the claim as long as bytes go out."""
        async for piece in pieces:
            if self._stop.is_set():
                raise ToldToStopError
            now = self._parts.clock()
            if now - self._renewed_at >= RENEW_AFTER:
                await self._store.renew_shares(self._claim, until_at=self._in(LEASE_S))
                self._renewed_at = now
            yield piece

    # Showing them.

    async def _show(self, *, is_open: bool) -> None:
        """Show everything that is left in one message.

        Args:
            is_open: Whether it is unknown if that was done before.
        """
        production = await self._store.load(self._claim.production_id)
        if not is_open and not await self._marked():
            return
        outcome = await self._parts.slack.show(
            {self._file_ids[one.id]: share_title(one.deliverable) for one in self._left.values()},
            channel=production.request.channel_id,
            thread_ts=production.thread_ts,
            comment=share_comment(production, len(self._left)),
        )
        if isinstance(outcome, Shown):
            await self._keep(outcome)
        elif isinstance(outcome, Refused) and outcome.word == FORGOTTEN:
            await self._forgotten(is_open=is_open)
        elif (word := final_word(outcome)) is not None:
            await self._refuse(self._left, word)
        else:
            is_unknown = is_open or isinstance(outcome, Unknown)
            await self._wait(outcome, ShareState.SENDING if is_unknown else ShareState.WANTED)

    async def _marked(self) -> bool:
        """Mark what is left as about to be shown; False where all of it was taken back.

        The claim may be hours old by now, when the bytes were many.
        """
        at, due_at = self._now(), self._in(OPEN_S)
        ids = list(self._left)
        marked = await self._store.mark_sharing(self._claim, ids, at=at, due_at=due_at)
        taken_back = set(ids).difference(marked)
        if taken_back:
            await self._end(taken_back, ShareState.WITHDRAWN, TAKEN_BACK)
        return bool(self._left)

    async def _look(self) -> None:
        """Look whether the thread shows them already, and show them again where it does not."""
        production = await self._store.load(self._claim.production_id)
        found = await self._find(production)
        log.info("files_looked_for", was_there=isinstance(found, Shown))
        if isinstance(found, Shown):
            await self._keep(found)
        elif found is None or isinstance(found, Refused):
            await self._show(is_open=True)
        else:
            await self._wait(found, ShareState.SENDING)

    async def _find(self, production: Production) -> Shown | Failed | None:
        if production.thread_ts is None:
            return None
        return await self._parts.slack.find(
            set(self._file_ids.values()),
            channel=production.request.channel_id,
            thread_ts=production.thread_ts,
            oldest_at=self._open_since_at(),
        )

    def _open_since_at(self) -> datetime:
        moments = (one.sending_since_at for one in self._claim.shares)
        return min((moment for moment in moments if moment is not None), default=self._now())

    async def _forgotten(self, *, is_open: bool) -> None:
        """Begin anew with files that Slack does not know, unless it may still bring them itself."""
        may_come = self._now() - self._open_since_at() < LAG
        if is_open and self._parts.slack.reads_history and may_come:
            await self._put_off(ShareState.SENDING, due_at=self._in(OPEN_S), failed=False)
            return
        if self._is_out_of_patience():
            await self._refuse(self._left, OUT_OF_TIME)
            return
        log.warning("files_forgotten_by_slack", files=len(self._left))
        later = self._in(self._backoff_s())
        await self._put_off(ShareState.WANTED, due_at=later, forgets=True)

    # Taking them away.

    async def _withdraw(self) -> None:
        """Delete what was rejected from Slack."""
        for one in list(self._left.values()):
            failed = await self._parts.slack.delete(self._file_ids.get(one.id, ""))
            if failed is None:
                await self._end([one.id], ShareState.WITHDRAWN)
                instruments.SHARES.labels(outcome="withdrawn").inc()
                log.info("file_withdrawn")
            elif (word := final_word(failed)) is not None:
                is_shown = self._claim.state is not ShareState.REFUSED
                over = ShareState.SHARED if is_shown else ShareState.REFUSED
                await self._end([one.id], over, word)
                log.error("file_not_withdrawn", reason=word)
            else:
                wait_s = max(self._backoff_s(), _wait_s(failed))
                await self._put_off(self._claim.state, due_at=self._in(wait_s))
                return
        await self._redraw()

    # What came of it.

    async def _keep(self, shown: Shown) -> None:
        links = {one: shown.permalinks.get(self._file_ids[one]) for one in self._left}
        await self._store.keep_shares(self._claim, links, at=self._now())
        instruments.SHARES.labels(outcome="shared").inc(len(links))
        log.info("files_shared", files=len(links))
        self._left = {}
        await self._redraw()

    async def _refuse(self, ids: Collection[int], word: str) -> None:
        instruments.SHARES.labels(outcome="refused").inc(len(ids))
        log.error("files_not_shared", reason=word, files=len(ids))
        await self._end(ids, ShareState.REFUSED, word)
        await self._redraw()

    async def _end(
        self, ids: Collection[int], state: ShareState, reason: str | None = None
    ) -> None:
        ids, at = list(ids), self._now()
        await self._store.end_shares(self._claim, ids, state=state, reason=reason, at=at)
        for one in ids:
            del self._left[one]
        if reason in UNSAID:
            log.info("files_left_out", reason=reason, files=len(ids))

    async def _wait(self, outcome: Failed, state: ShareState) -> None:
        """Try again later, or give up once that has gone on for too long."""
        if self._is_out_of_patience():
            await self._refuse(self._left, OUT_OF_TIME)
            return
        wait_s = max(self._backoff_s(), _wait_s(outcome))
        log.warning("share_put_off", reason=_reason(outcome), wait_s=wait_s)
        # Being told to wait is no failure of ours.
        failed = not isinstance(outcome, RateLimited)
        await self._put_off(state, due_at=self._in(wait_s), failed=failed)

    def _is_out_of_patience(self) -> bool:
        """Tell whether it has gone wrong for too long; the time before the first try is not ours."""
        tried = [one.wanted_at for one in self._left.values() if one.tries > 0]
        return bool(tried) and self._now() - min(tried) >= PATIENCE

    async def _put_off(
        self, state: ShareState, *, due_at: datetime, failed: bool = True, forgets: bool = False
    ) -> None:
        await self._store.put_shares_off(
            self._claim,
            list(self._left),
            state=state,
            at=self._now(),
            due_at=due_at,
            failed=failed,
            forgets=forgets,
        )

    async def _redraw(self) -> None:
        card = Notice(route=Route.EDIT, kind=Kind.CARD, priority=Priority.PROGRESS)
        await self._store.owe(self._claim.production_id, (card,), at=self._now())

    def _backoff_s(self) -> float:
        return backoff_s(
            max(one.tries for one in self._left.values()) + 1,
            base_s=RETRY_BASE_S,
            ceiling_s=RETRY_CEILING_S,
            jitter=self._parts.jitter(),
        )

    def _now(self) -> datetime:
        return self._parts.clock()

    def _in(self, seconds: float) -> datetime:
        return self._now() + timedelta(seconds=seconds)


def _wait_s(outcome: Failed) -> float:
    """Say how long Slack asked to be left alone, in seconds."""
    return outcome.retry_after_s if isinstance(outcome, RateLimited) else 0.0


def _reason(outcome: Failed) -> str:
    """Name why something has to wait; no address is in it."""
    if isinstance(outcome, RateLimited):
        return "ratelimited"
    return outcome.word if isinstance(outcome, Refused | Paused) else outcome.text
