"""Answers that only the person who asked can see."""

from collections.abc import Callable, Mapping

from bot.core.approval import Refusal
from bot.core.errors import (
    SWITCHED_OFF,
    BotError,
    NotPermittedError,
    ProviderAuthError,
    ProviderError,
    ProviderRefusedError,
    ProviderUnavailableError,
    StorageUnavailableError,
    TransitionNotAllowedError,
    UnknownProductionError,
)
from bot.core.production import Production, Share, ShareState
from bot.providers.base import Link
from bot.slack.ids import Action, UnreadableIdError
from bot.slack.views.face import Face
from bot.slack.views.parts import (
    TIME,
    Message,
    button,
    cut,
    ended,
    escape,
    foreign,
    is_usable_url,
    link,
    mention,
    message_url,
    quoted,
    section,
    sentence,
    when,
)
from bot.slack.views.words import (
    STATE_WORDS,
    VERDICT_WORDS,
    deciders,
    file_word,
    steerers,
    topic_of,
)

TYPED_SHOWN = 300
"""Characters of a command that are given back to who typed it."""
NOT_RECORDED = "Not recorded, nothing was sent. Try again in a minute."
NOBODY_KNOWN = (
    "Slack did not tell us in time who you are, so nothing was done. Try again in a minute."
)

HOME_NOT_LOADED = (
    "Your videos could not be loaded just now; nothing is lost. Open this tab again in a minute."
)
NO_SERVICE = "No video service is switched on, so there is nothing to ask. Tell on-call."
STILL_LOADING = "The choices are still being loaded. Wait a moment, then press the button again."
NOT_SENDABLE = "Nothing was sent. The form says at its end why it can't be sent."
STILL_CHECKING = "This takes a moment. The thread says so when the video is linked."
FORM_OUTDATED = (
    "This form is from another version of this bot, so nothing was sent. Please open a new one."
)
FORM_CHANGED = (
    "What you chose asks for other things than this form did, so nothing was sent yet. "
    "What you filled in is still here: look it over and send it."
)
NOT_IN_CHANNEL = "I am not in that channel either. Invite me there first, or choose another one."
CHANNEL_NOT_CHECKED = (
    "Slack did not tell us in time whether I am in that channel, so nothing was sent. "
    "Try again in a minute."
)
_TO_ASK = "Ask one of them in the channel to do it for you."
_MAY_NOT_REQUEST: Mapping[str, str] = {
    Refusal.BOT: "Bots may not ask for videos; a person has to.",
    Refusal.DEACTIVATED: "This account is deactivated, so it may not ask for videos.",
    Refusal.STRANGER: f"Only full members of this workspace may ask for videos. {_TO_ASK}",
    Refusal.GUEST: (
        f"Guests may not ask for videos, only full members of this workspace may. {_TO_ASK}"
    ),
}

Words = Callable[[Production, Face], str]


def build_private(words: str) -> Message:
    """Make words a private answer; they are mrkdwn, escaped already."""
    return {"text": words, "blocks": [section(words, block_id="private")]}


def build_error(error: BotError, production: Production | None, face: Face | None) -> Message:
    """Say why something could not be done, what that means and what to do next.

    Args:
        production: As it stands now; None where it could not be loaded.
        face: Goes with the production.
    """
    return build_private(_error_words(error, production, face))


def _error_words(error: BotError, production: Production | None, face: Face | None) -> str:
    if isinstance(error, UnreadableIdError):
        return "This button is from another version of this bot and does nothing any more."
    if isinstance(error, StorageUnavailableError):
        return "Not recorded, nothing was changed. Try again in a minute."
    if isinstance(error, UnknownProductionError) or production is None or face is None:
        return "There is no such video here. The list shows those of this channel."
    if isinstance(error, NotPermittedError):
        return _not_permitted(error.why, production, face)
    if isinstance(error, TransitionNotAllowedError):
        return _does_not_fit(error, production, face)
    if isinstance(error, ProviderError):
        return provider_words(error, label=face.label)
    return "That could not be done, and nothing was changed. Try again in a minute."


def _not_permitted(why: str, production: Production, face: Face) -> str:
    words = _REFUSALS.get(why, _REFUSALS[Refusal.UNKNOWN])
    return words(production, face)


_REFUSALS: Mapping[str, Words] = {
    Refusal.UNKNOWN: lambda _production, _face: NOBODY_KNOWN,
    Refusal.BOT: lambda _production, _face: "Bots may not do this; a person has to.",
    Refusal.DEACTIVATED: lambda _production, _face: "This account is deactivated, so it may not.",
    Refusal.STRANGER: lambda production, _face: (
        "Only members of the workspace this video belongs to may do this. "
        f"Ask {mention(production.request.requester_id)} in the thread."
    ),
    Refusal.GUEST: lambda production, face: (
        f"Guests may not do this; {deciders(production, face)} may. Ask in the thread."
    ),
    Refusal.NOT_A_MEMBER: lambda _production, _face: (
        "Only full members of this workspace may put a file into the thread. Ask one of them there."
    ),
    Refusal.NOT_LISTED: lambda production, face: (
        f"You may not decide on this video; {deciders(production, face)} may. Ask in the thread."
    ),
    Refusal.NOT_INVOLVED: lambda production, face: (
        f"You may not do this; {steerers(production, face)} may. Ask in the thread."
    ),
}


def may_not_request_words(why: str) -> str:
    """Say why somebody may not ask for a video, who may, and how to go on.

    Args:
        why: A `Refusal`.
    """
    return _MAY_NOT_REQUEST.get(why, NOBODY_KNOWN)


def _does_not_fit(error: TransitionNotAllowedError, production: Production, face: Face) -> str:
    topic, by = quoted(topic_of(production)), mention(error.by_id or "")
    state = f"{STATE_WORDS[production.state]} since {when(production.state_since_at)}"
    verdict = VERDICT_WORDS[production.decision.verdict] if production.decision else "decided on"
    words = {
        "superseded": f"This button belongs to a version of {topic} that was superseded by "
        f"v{production.attempt.number}. {_current(production)}",
        "not_listed": f"This file of {topic} is not listed any more, so nobody can be handed it. "
        f"{_current(production)}",
        "answered": f"This button is out of date: somebody has already pressed one like it, or "
        f"{topic} has moved on. It is {state}. Nothing was done a second time. "
        f"{_current(production)}",
        "uncounted": f"This button is from before an update of this bot, so nothing was sent and "
        f"nothing was paid. {topic} is {state}; the command with `failed` lists it with buttons "
        "that work.",
        "decided": ended(f"Already decided: {by} {verdict} {topic}") + " Nothing was changed.",
        "undecided": f"There is no decision on {topic} to change any more.",
        "nothing_to_watch": f"{topic} can't be approved: there is nothing of it to watch.",
        "already_asked": f"{by} has already asked for {topic} to be cancelled.",
        "no_look_up": f"{escape(face.label)} has no way to look up a video, so there is nothing to "
        "link. See there whether it was made, then press Submit again or Give up.",
        "switched_off": f"{escape(face.label)} is switched off here, so nothing was done with "
        f"{topic}. It goes on once whoever looks after this bot switches it on again.",
        "job_taken": f"That video at {escape(face.label)} is followed by another thread already. "
        "Nothing was changed.",
    }
    if error.why in _NOT_LINKED:
        return _NOT_LINKED[error.why].format(topic=topic, label=escape(face.label))
    too_late = f"Too late: {topic} is {state}. Nothing was changed. {_current(production)}"
    return words.get(error.why, too_late)


_NOT_LINKED: Mapping[str, str] = {
    "no_address": "The file of {topic} is kept here, but has no address that a browser can open: "
    "PUBLIC_URL is not set. It is not lost. Ask whoever looks after this bot to set it, or to allow "
    "this app files:write in Slack, so that it can put files into the thread.",
    "too_large_to_share": "The file of {topic} is kept here, but is too large for this thread, and "
    "has no address that a browser can open: PUBLIC_URL is not set. It is not lost. Ask whoever "
    "looks after this bot to set it.",
    "copy_lost": "This file of {topic} could not be copied before {label}'s link died, so nobody "
    "here has it.",
    "copy_deleted": "This file of {topic} was deleted: files are kept for a limited time after a "
    "production has ended.",
}


def _current(production: Production) -> str:
    if production.card_ts is None:
        return ""
    request = production.request
    url = message_url(request.team_id, request.channel_id, production.card_ts)
    return f"See {link(url, 'the current card')}."


def provider_words(error: ProviderError, *, label: str) -> str:
    """Say what went wrong at the service when a person asked it for something."""
    name = escape(label)
    if error.code == SWITCHED_OFF:
        return (
            f"{name} is switched off here. Nothing was changed; tell whoever looks after this bot."
        )
    if isinstance(error, ProviderUnavailableError):
        return f"{name} can't be reached right now. Nothing was changed; try again in a minute."
    if isinstance(error, ProviderAuthError):
        return f"{name} does not accept our key. Nothing was changed; an admin has to fix it."
    if isinstance(error, ProviderRefusedError):
        said = sentence(error.text) or "It gave no reason."
        return f"{name} said no: {said} Nothing was changed."
    return f"{name} answered something we don't understand. Nothing was changed."


def link_words(error: BotError, *, label: str) -> str | None:
    """Say under the field what another id could mend; else None."""
    name = escape(label)
    if isinstance(error, TransitionNotAllowedError) and error.why == "job_taken":
        return f"Another thread follows that video at {name} already. Check the id."
    if not isinstance(error, ProviderError):
        return None
    if error.code == "not_an_id":
        return sentence(error.text)
    if error.code == "job_missing":
        return f"{name} has no video with this id in this account. Check that you copied all of it."
    return provider_words(error, label=label)


def build_asked(what: str, production: Production) -> Message:
    """Confirm what somebody asked for with a command; its outcome is told in the thread.

    Args:
        what: Such as `cancel`.
    """
    return build_private(
        ended(f"Recorded: {what} {quoted(topic_of(production))}")
        + " Its thread shows what comes of it."
    )


def build_no_service() -> Message:
    """Say that nothing can be made because no service is switched on."""
    return build_private(NO_SERVICE)


def build_replaced(production: Production) -> Message:
    """Send somebody who clicked on an old card to the current one."""
    return build_private(f"This card was replaced, so nothing was done. {_current(production)}")


def build_link_answer(production: Production, *, key: str, link: Link) -> Message:
    """Hand out a fresh link, for one person and for as long as it lives.

    An address that Slack does not take for a button fits no other block either, so words have to do.
    """
    found = next((one for one in production.deliverables if one.key == key), None)
    what = foreign(file_word(found)) if found is not None else "File"
    until = f" It works until {when(link.expires_at, TIME)}." if link.expires_at else ""
    words = f"{what} of {quoted(topic_of(production))}, for you.{until} Download gives a new one."
    if not is_usable_url(link.url):
        return build_private(
            f"{what} of {quoted(topic_of(production))} is there, but its address is too long for "
            "Slack. Open the file at the service, or ask whoever looks after this bot for links of "
            "our own."
        )
    open_it = button("Open the file", action_id=Action.DOWNLOAD_LINK, url=link.url)
    return {"text": words, "blocks": [section(words, block_id="private", accessory=open_it)]}


def build_share_answer(production: Production, *, key: str, share: Share) -> Message:
    """Say that a file is put into the thread, or where it is there."""
    found = next((one for one in production.deliverables if one.key == key), None)
    what = foreign(file_word(found)) if found is not None else "The file"
    words = f"{what} of {quoted(topic_of(production))}"
    if share.state is not ShareState.SHARED:
        return build_private(f"I'm putting {words} into the thread. That may take a minute.")
    it = link(share.permalink or "", "Open it there") if is_usable_url(share.permalink) else None
    return build_private(f"{words} is in the thread already." + (f" {it}." if it else ""))


def build_broken(reference: str) -> Message:
    """Admit an error of our own.

    Args:
        reference: Short, and in the log beside the error.
    """
    return build_private(
        "Something went wrong on our side. It may not have been done; look at the card before you "
        f"try again. Whoever looks after this bot finds it under reference `{escape(reference)}`."
    )


def build_command_failed(typed: str, reference: str) -> Message:
    """Say that a command did not work, and give it back so that nothing has to be written anew.

    Args:
        typed: The command and what was typed after it.
        reference: As for `build_broken`.
    """
    again = escape(cut(typed.strip(), TYPED_SHOWN)).replace("`", "'")
    return build_private(
        "That did not work just now, and nothing was ordered. If a form opened all the same, go on "
        f"in it; otherwise type this again in a moment: `{again}`\n"
        f"Whoever looks after this bot finds it under reference `{escape(reference)}`."
    )


def build_too_slow() -> Message:
    """Say that a form could not be opened in the three seconds Slack gives."""
    return build_private("That took too long, so Slack did not open the form. Please try again.")
