"""The finished files: a row each on the card, one line for all of them in a reply."""

from bot.core.copies import is_gone
from bot.core.production import CopyState, Deliverable, Production, ShareState, State
from bot.core.shares import file_rank
from bot.core.sizes import size_words
from bot.slack.ids import Action, ButtonValue, build_value, card_block
from bot.slack.views.face import Face
from bot.slack.views.parts import (
    SECTION_LIMIT,
    Json,
    button,
    context,
    cut,
    foreign,
    is_picture_url,
    is_usable_url,
    link,
    picture,
    section,
)
from bot.slack.views.words import at_service, file_word, topic_of

FILES_SHOWN = 30
FILES_NAMED = 10
POSTER_LIMIT_BYTES = 2_000_000
"""Slack names no limit and fetches before it takes a message, so nobody waits for a large one."""
_POSTERS = frozenset({"poster", "thumbnail"})
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})
_PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif")


def file_rows(production: Production, face: Face) -> list[Json]:
    """List the files, the video and what belongs to it first, one Download beside each.

    What was rejected is handed out no more.
    """
    if production.state is State.REJECTED:
        return []
    files = sorted(production.deliverables, key=file_rank)
    rows = [
        _row(production, face, number, deliverable)
        for number, deliverable in enumerate(files[:FILES_SHOWN])
    ]
    hidden = len(files) - len(rows)
    if hidden > 0:
        more = f"And {hidden} more; all of them are {at_service(face)}."
        rows.append(context(more, block_id=card_block("more-files", production.version)))
    return rows


def poster(production: Production, face: Face) -> Json | None:
    """Draw the poster; None where there is none that Slack can fetch and show.

    Source: a publicly hosted png, jpg, jpeg or gif (docs.slack.dev/reference/block-kit/blocks/
        image-block, seen 2026-11-22); of other formats none (slackapi/node-slack-sdk#1482).
    """
    if production.state is State.REJECTED:
        return None
    for deliverable in production.deliverables:
        url = face.links.get(deliverable.key)
        if url and is_picture_url(url) and _is_poster(deliverable) and _lasts(deliverable, face):
            return picture(url, aloud=f"Poster of {topic_of(production)}")
    return None


def _is_poster(deliverable: Deliverable) -> bool:
    """Tell whether a file is a poster of a format and size that fit."""
    size_bytes = _size_bytes(deliverable)
    is_small = size_bytes is None or size_bytes <= POSTER_LIMIT_BYTES
    return is_small and deliverable.kind.lower() in _POSTERS and _is_picture(deliverable)


def _size_bytes(deliverable: Deliverable) -> int | None:
    """Give a file's size, as we counted it rather than as the service says."""
    copy = deliverable.copy
    counted = copy.size_bytes if copy is not None else None
    return counted if counted is not None else deliverable.size_bytes


def _is_picture(deliverable: Deliverable) -> bool:
    listed = (deliverable.content_type or "").partition(";")[0].strip().lower()
    if listed:
        return listed in _PICTURES
    return deliverable.name.lower().endswith(_PICTURE_ENDINGS)


def _lasts(deliverable: Deliverable, face: Face) -> bool:
    """Tell whether a link leads to the file for as long as the message stands."""
    return deliverable.has_copy(CopyState.KEPT) or not face.capabilities.links_die


def files_line(production: Production, face: Face) -> str:
    """Name the files in one line, as links where anybody may have them; empty where none are."""
    files = [
        one for one in sorted(production.deliverables, key=file_rank) if not _is_gone(one, face)
    ]
    if not files:
        return ""
    count = f"{len(files)} file" if len(files) == 1 else f"{len(files)} files"
    named = files[:FILES_NAMED]
    more = f" and {len(files) - FILES_NAMED} more" if len(files) > FILES_NAMED else ""
    urls = [face.links.get(one.key, "") for one in named]
    linked = [link(url, _name(one)) for one, url in zip(named, urls, strict=True)]
    line = f"{count} to download: {', '.join(linked)}{more}"
    # Cut off within an address it would lead nowhere.
    if all(map(is_usable_url, urls)) and len(line) <= SECTION_LIMIT:
        return line
    names = ", ".join(map(_name, named))
    return f"{count}: {names}{more}. Download {'it' if len(files) == 1 else 'them'} from the card."


def _name(deliverable: Deliverable) -> str:
    # A bar would end the words of a link.
    return _words(deliverable, deliverable.platform).replace("|", " ")


def _row(production: Production, face: Face, number: int, deliverable: Deliverable) -> Json:
    is_waited_for = production.copying is not None or _is_gone(deliverable, face)
    return section(
        f"*{_words(deliverable, deliverable.platform)}*\n{_details(deliverable, face)}",
        block_id=card_block(f"file-{number}", production.version),
        accessory=None if is_waited_for else _download(production, face, deliverable),
    )


def _words(deliverable: Deliverable, platform: str | None) -> str:
    words = file_word(deliverable) + (f" for {platform}" if platform else "")
    return foreign(cut(words, 100)) or "File"


def _is_gone(deliverable: Deliverable, face: Face) -> bool:
    return is_gone(deliverable, links_die=face.capabilities.links_die)


def _why_not_there(deliverable: Deliverable, face: Face) -> str:
    if not _is_gone(deliverable, face):
        return ""
    if deliverable.has_copy(CopyState.DELETED):
        return "Deleted; its time was over."
    reason = deliverable.copy.reason if deliverable.copy is not None else None
    said = foreign(cut(reason, 160)) if reason else "Its link died too soon."
    return f"Could not be kept. {said}"


def _details(deliverable: Deliverable, face: Face) -> str:
    size_bytes = _size_bytes(deliverable)
    size = size_words(size_bytes) if size_bytes is not None else None
    share = deliverable.share
    is_shared = share is not None and share.state is ShareState.SHARED
    parts = [deliverable.name, deliverable.language, size, "in the thread" if is_shared else None]
    shown = " · ".join(foreign(cut(part, 120)) for part in parts if part) or "No details given"
    why = _why_not_there(deliverable, face)
    return f"{shown}\n{why}" if why else shown


def _download(production: Production, face: Face, deliverable: Deliverable) -> Json | None:
    platform = f" for {deliverable.platform}" if deliverable.platform else ""
    aloud = f"Download {file_word(deliverable).lower()}{platform}"
    url = face.links.get(deliverable.key)
    if is_usable_url(url):
        return button("Download", action_id=Action.DOWNLOAD_LINK, url=url, aloud=aloud)
    about = ButtonValue(
        production_id=production.id,
        attempt=production.attempt.number,
        round_number=production.round_number,
        key=deliverable.key,
    )
    value = build_value(about)
    # Without a value nobody could tell which file is meant.
    if value is None:
        return None
    return button("Download", action_id=Action.DOWNLOAD, value=value, aloud=aloud)
