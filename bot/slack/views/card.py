"""The card: everything about a production at a glance, drawn anew at every change."""

from urllib.parse import unquote, urlsplit

from bot.core.addresses import without_query
from bot.core.production import Answer, Production
from bot.slack.ids import card_block
from bot.slack.views.buttons import build_buttons
from bot.slack.views.face import Face
from bot.slack.views.files import file_rows, poster
from bot.slack.views.lines import (
    decision_line,
    progress_bar,
    small_print,
    state_line,
    trouble_line,
)
from bot.slack.views.outcome import outcome_note
from bot.slack.views.parts import (
    Json,
    Message,
    actions,
    context,
    cut,
    escape,
    foreign,
    header,
    is_usable_url,
    mention,
    quoted,
    section,
)
from bot.slack.views.words import STATE_WORDS, topic_of

_NOT_SHOWN = frozenset({"topic", "notes", "script", "address"})
_ANSWER_LIMIT = 60


def build_card(production: Production, face: Face) -> Message:
    """Draw the card of a production."""
    version = production.version
    word, line = STATE_WORDS[production.state], state_line(production, face)
    blocks = [
        header(topic_of(production), block_id=card_block("title", version)),
        context(_who_and_what(production, face), block_id=card_block("request", version)),
        section(
            f"*{word}*\n{line}",
            block_id=card_block("state", version),
            accessory=poster(production, face),
        ),
        *_optional(progress_bar(production, face), "progress", version),
        *_optional(decision_line(production), "decision", version),
        *_optional(trouble_line(production, face), "trouble", version),
        *file_rows(production, face),
        *_optional(outcome_note(production, face), "outcome", version),
        *actions(build_buttons(production, face), block_id=card_block("actions", version)),
        context(small_print(production, face), block_id=card_block("small-print", version)),
    ]
    return {"text": _aloud(production, word, line), "blocks": blocks}


def _aloud(production: Production, word: str, line: str) -> str:
    """Say the card as one sentence or two, for notifications and screen readers."""
    topic, who = quoted(topic_of(production)), mention(production.request.requester_id)
    return f"The video {topic} for {who} is now: {word}. {line}"


def _who_and_what(production: Production, face: Face) -> str:
    request = production.request
    answers = [
        foreign(cut(_told(answer), _ANSWER_LIMIT))
        for answer in request.answers
        if answer.key not in _NOT_SHOWN and answer.shown.strip()
    ]
    who = f"For {mention(request.requester_id)}"
    return " · ".join([who, escape(face.label), *answers[:8]])


def _told(answer: Answer) -> str:
    """Say what was answered: of an address the file's name, of a number what it is of."""
    shown = without_query(answer.shown.strip())
    if is_usable_url(shown):
        return _file_named(shown)
    return shown if any(map(str.isalpha, shown)) else f"{answer.label} {shown}"


def _file_named(url: str) -> str:
    parts = urlsplit(url)
    return unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.hostname or ""


def _optional(line: str | None, name: str, version: int) -> list[Json]:
    return [context(line, block_id=card_block(name, version))] if line else []
