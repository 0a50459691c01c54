"""The Home tab: what one person has to do, has under way and has lately got."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.production import Production, State
from bot.slack.ids import Action
from bot.slack.views.face import Face
from bot.slack.views.lists import thread_link, waits_for
from bot.slack.views.parts import (
    AGO,
    Json,
    actions,
    button,
    channel_name,
    context,
    header,
    mention,
    quoted,
    section,
    when,
)
from bot.slack.views.words import STATE_WORDS, topic_of

MOST = 50
"""Productions of a kind that are looked at for one Home tab; of more than these we say so."""
SHOWN = 10
FINISHED_SHOWN = 5

FaceOf = Callable[[Production], Face]


@dataclass(frozen=True, kw_only=True)
class HomeLists:
    """What one person may see, each newest change first.

    Attributes:
        waiting: Productions they may decide on, and may know of.
        own: Those they asked for that go on.
        finished: Those they asked for that have ended.
    """

    waiting: Sequence[Production]
    own: Sequence[Production]
    finished: Sequence[Production]


def build_home(lists: HomeLists, *, face_of: FaceOf, command: str) -> Json:
    """Build the Home tab of somebody who may ask for videos."""
    make = button("Make a video", action_id=Action.MAKE, style="primary")
    finished = lists.finished[:FINISHED_SHOWN]
    unknown = [one for one in lists.own if one.state is State.SUBMISSION_UNKNOWN]
    own = [one for one in lists.own if one.state is not State.SUBMISSION_UNKNOWN]
    waiting = [*map(_unsettled, unknown), *map(_waiting, lists.waiting)]
    blocks = [
        *actions([make], block_id="home-make"),
        header("Waiting for you", block_id="home-waiting"),
        *_rows("waiting", waiting, command),
        header("Yours", block_id="home-own"),
        *_rows("others" if unknown else "own", [_own(one, face_of(one)) for one in own], command),
        header("Lately finished", block_id="home-finished"),
        *_rows("finished", [_finished(one) for one in finished], command),
        context("As of when you opened this tab; open it again for news.", block_id="home-as"),
    ]
    return _home(blocks)


def build_closed_home(words: str) -> Json:
    """Build the Home tab of somebody who may not ask for videos.

    Args:
        words: Why, and what to do; mrkdwn, escaped already.
    """
    return _home([section(words, block_id="home-closed")])


_EMPTY: Mapping[str, str] = {
    "waiting": "Nothing waits for your decision. A video that is ready for review shows up here.",
    "own": "You have no video under way. The button above starts one; so does `{command}` with a "
    "topic in a channel.",
    "others": "You have no other video under way.",
    "finished": "None of your videos has ended yet. The files of a finished one are in its thread.",
}


def _rows(name: str, lines: Sequence[str], command: str) -> list[Json]:
    """Give each production a line; what there are more is counted, and where to see it said."""
    if not lines:
        return [section(_EMPTY[name].format(command=command), block_id=f"home-{name}-none")]
    rows = [
        section(line, block_id=f"home-{name}-{number}") for number, line in enumerate(lines[:SHOWN])
    ]
    more = len(lines) - SHOWN
    if more > 0:
        count = f"{more} or more others" if len(lines) >= MOST else f"{more} more"
        words = f"And {count}: `{command} list` in a channel shows what is under way there."
        rows.append(context(words, block_id=f"home-{name}-more"))
    return rows


def _waiting(production: Production) -> str:
    request = production.request
    return _line(
        production,
        f"ready for review {when(production.state_since_at, AGO)}",
        f"for {mention(request.requester_id)} in {channel_name(request.channel_id)}",
    )


def _unsettled(production: Production) -> str:
    """Call for a choice that the requester is asked for, as the card does."""
    word = f"*{STATE_WORDS[production.state]}* {when(production.state_since_at, AGO)}"
    return _line(production, word, "say on its card how it goes on")


def _own(production: Production, face: Face) -> str:
    word = f"*{STATE_WORDS[production.state]}* {when(production.state_since_at, AGO)}"
    return _line(production, word, f"waits for {waits_for(production, face)}")


def _finished(production: Production) -> str:
    word = f"*{STATE_WORDS[production.state]}* {when(production.state_since_at, AGO)}"
    return _line(production, word)


def _line(production: Production, *facts: str) -> str:
    return " · ".join([quoted(topic_of(production), 100), *facts, *thread_link(production)])


def _home(blocks: list[Json]) -> Json:
    return {"type": "home", "blocks": blocks}
