"""What `/produce list`, `failed`, `status` and `help` answer."""

from collections.abc import Callable, Mapping, Sequence

from bot.core.production import Production, State
from bot.slack.ids import Action, build_page_value, card_block
from bot.slack.views.buttons import build_buttons
from bot.slack.views.face import Face
from bot.slack.views.lines import decision_line, small_print, state_line
from bot.slack.views.outcome import cost_words
from bot.slack.views.parts import (
    AGO,
    Json,
    Message,
    actions,
    button,
    context,
    escape,
    header,
    link,
    mention,
    message_url,
    quoted,
    section,
    when,
)
from bot.slack.views.words import STATE_WORDS, failure_words, topic_of

PAGE_SIZE = 10
"""As many as a page of `Productions.list_open` holds."""

FaceOf = Callable[[Production], Face]

_EMPTY: Mapping[str, str] = {
    "open": "No video is under way in this channel. `{command}` and a topic starts one.",
    "failed": "Nothing has failed in this channel.",
}
_TITLES: Mapping[str, str] = {
    "open": "Under way in this channel",
    "failed": "Failed or unclear in this channel",
}


def build_list(
    listing: str, found: Sequence[Production], *, page: int, face_of: FaceOf, command: str
) -> Message:
    """List a channel's productions, the newest change first.

    Args:
        listing: `open`, or `failed` with reasons and buttons.
        page: 0 is the first.
    """
    if not found:
        empty = "There are no more." if page else _EMPTY[listing].format(command=command)
        return {"text": empty, "blocks": [section(empty, block_id="empty")]}
    rows = [row for one in found[:PAGE_SIZE] for row in _rows(listing, one, face_of(one))]
    title = _TITLES[listing]
    blocks = [header(title, block_id="list"), *rows, *_pages(listing, page, len(found))]
    return {"text": f"{title}: {_count(len(found), page)}.", "blocks": blocks}


def _count(count: int, page: int) -> str:
    shown = f"{count} video" if count == 1 else f"{count} videos"
    return f"{shown} on page {page + 1}" if page else shown


def _rows(listing: str, production: Production, face: Face) -> list[Json]:
    number = production.version
    line = section(_line(production, face), block_id=card_block(production.id, number))
    if listing == "open":
        return [line]
    why = context(_why(production, face), block_id=card_block(f"{production.id}-why", number))
    buttons = build_buttons(production, face)
    return [line, why, *actions(buttons, block_id=card_block(f"{production.id}-do", number))]


def _line(production: Production, face: Face) -> str:
    parts = [
        f"*{STATE_WORDS[production.state]}*",
        quoted(topic_of(production), 100),
        when(production.state_since_at, AGO),
        f"waits for {waits_for(production, face)}",
        escape(production.id),
        *thread_link(production),
    ]
    return " · ".join(parts)


def waits_for(production: Production, face: Face) -> str:
    """Name who or what has to act next."""
    label = escape(face.label)
    if production.state in {State.FAILED, State.SUBMISSION_UNKNOWN}:
        return mention(production.request.requester_id)
    if production.state is not State.AWAITING_APPROVAL:
        return label
    if production.decision is not None:
        return "the Studio" if face.capabilities.decides_in_console else label
    return "a decision"


def thread_link(production: Production) -> list[str]:
    """Link to the thread; empty while there is none."""
    if production.thread_ts is None:
        return []
    request = production.request
    return [link(message_url(request.team_id, request.channel_id, production.thread_ts), "thread")]


def _why(production: Production, face: Face) -> str:
    if production.state is State.FAILED:
        return f"{failure_words(production, face)} {small_print(production, face)}"
    return f"{state_line(production, face)} {small_print(production, face)}"


def _pages(listing: str, page: int, count: int) -> list[Json]:
    turns = []
    if page > 0:
        turns.append(("Previous page", page - 1))
    if count >= PAGE_SIZE:
        turns.append(("Next page", page + 1))
    rows: list[Json] = []
    for words, target in turns:
        value = build_page_value(listing, target)
        turn = button(words, action_id=Action.SHOW_PAGE, value=value)
        rows += actions([turn], block_id=f"page-{target}")
    return rows


def build_status(production: Production, face: Face) -> Message:
    """Say where one production stands, with the way to its thread."""
    word = STATE_WORDS[production.state]
    line = f"*{quoted(topic_of(production))}* is now: *{word}*. {state_line(production, face)}"
    told = [line, decision_line(production), cost_words(production)]
    small = " · ".join([small_print(production, face), *thread_link(production)])
    blocks = [
        section("\n".join(filter(None, told)), block_id="status"),
        context(small, block_id="status-small"),
    ]
    return {"text": line, "blocks": blocks}


def build_help(command: str) -> Message:
    """Say what the command can do."""
    words = (
        f"`{command} your topic` opens the form that makes a video; its thread shows the rest.\n"
        f"`{command} list` shows what is under way in this channel, "
        f"`{command} failed` what went wrong.\n"
        f"`{command} status ID`, `{command} retry ID` and `{command} cancel ID` are about one "
        "video; its ID is in the small print of its card.\n"
        f"`{command} help` shows this."
    )
    return {"text": words, "blocks": [section(words, block_id="help")]}
