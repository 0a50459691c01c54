"""The words that several messages share: states, kinds of file, reasons, who may do what."""

import re
from collections.abc import Mapping

from bot.core.copies import is_out_of_sight
from bot.core.production import Deliverable, Production, State, Verdict
from bot.slack.views.face import Face
from bot.slack.views.parts import escape, is_usable_url, link, mention, mentions, sentence, when

STATE_WORDS: Mapping[State, str] = {
    State.REQUESTED: "Requested",
    State.SUBMITTING: "Submitting",
    State.SUBMISSION_UNKNOWN: "Submission unknown",
    State.QUEUED: "Queued",
    State.PRODUCING: "Producing",
    State.AWAITING_APPROVAL: "Awaiting approval",
    State.DISTRIBUTING: "Distributing",
    State.COMPLETED: "Completed",
    State.FAILED: "Failed",
    State.REJECTED: "Rejected",
    State.CANCELLED: "Cancelled",
}

VERDICT_WORDS: Mapping[Verdict, str] = {Verdict.APPROVE: "approved", Verdict.REJECT: "rejected"}

FILE_WORDS: Mapping[str, str] = {
    "video": "Video",
    "audio": "Audio",
    "captions": "Captions",
    "audio_description": "Audio description",
    "transcript": "Transcript",
    "certificate": "Compliance certificate",
    "poster": "Poster",
    "thumbnail": "Thumbnail",
}
"""Kinds of files that we know."""


def topic_of(production: Production) -> str:
    """Name a production in a sentence."""
    topic = " ".join(production.topic.split())
    return topic or "(no topic)"


def word_beside(production: Production) -> str | None:
    """Give the service's own word where it says something else than ours.

    What was decided at our gate has left the service's word behind.
    """
    word = production.provider_word
    if production.at_gate and production.decision is not None:
        return None
    if not word or _bare(word) == _bare(STATE_WORDS[production.state]):
        return None
    return word


def _bare(word: str) -> str:
    return "".join(sign for sign in word.lower() if sign.isalnum())


def file_word(deliverable: Deliverable) -> str:
    """Name a kind of file; of one we do not know the service's name is spelt out. Not escaped."""
    kind = deliverable.kind
    return FILE_WORDS.get(kind.lower()) or _spelt_out(kind) or "File"


def _spelt_out(name: str) -> str:
    """Make words of a name such as `jingle_song` or `AttributionPackage`; words stay as they are."""
    if not re.fullmatch(r"\w[\w-]*", name):
        return name
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("_", " ").replace("-", " ")).split()
    words = " ".join(part.lower() if part.istitle() else part for part in parts)
    return words[:1].upper() + words[1:]


def deciders(production: Production, face: Face) -> str:
    """Name who may decide, as the subject of a sentence."""
    if not face.approver_ids:
        return "any full member of this workspace"
    return mentions([*face.approver_ids, production.request.requester_id], last="or")


def steerers(production: Production, face: Face) -> str:
    """Name who may retry, cancel and settle what is unknown."""
    if not face.approver_ids:
        return "any full member of this workspace"
    named = [production.request.requester_id, *face.approver_ids, *face.on_call_ids]
    return mentions(named, last="or")


def concerned(production: Production, face: Face) -> str:
    """Mention the requester and the people on call."""
    return mentions([production.request.requester_id, *face.on_call_ids])


def at_service(face: Face) -> str:
    """Say where people can see the job: in the service's Studio, by a link, where it has one."""
    label, url = escape(face.label), face.console_url
    if url is None or not is_usable_url(url):
        return f"at {label}"
    return link(url, f"in {label}'s Studio")


def review_words(production: Production, face: Face) -> str:
    """Go on after the topic of something that waits for a decision: how it can be watched."""
    if not production.deliverables:
        unlisted = f"is ready for review. No files are listed yet; watch it {at_service(face)}."
        return f"{unlisted} {decision_words(face)}"
    if is_lost(production, face):
        return (
            f"can't be reviewed. {nothing_left(production, face)} Look for it {at_service(face)} "
            "before you press Reject or Again with changes on the card; a new video is charged like "
            "any other."
        )
    do = f"{_sense(production).capitalize()} it, then press Approve or Reject on the card."
    return f"is ready for review. {do} {decision_words(face)}"


def _sense(production: Production) -> str:
    """Say how people take in what was made."""
    kinds = {one.kind.lower() for one in production.deliverables}
    if "video" in kinds:
        return "watch"
    return "listen to" if "audio" in kinds else "look at"


def decision_words(face: Face) -> str:
    """Say what follows a decision."""
    return release_words(face) if face.capabilities.decides_in_console else gate_words(face)


def release_words(face: Face) -> str:
    """Say what follows an approval where the release is done at the service."""
    return f"Somebody with access then releases it {at_service(face)}."


def is_lost(production: Production, face: Face) -> bool:
    """Tell whether files were made and nobody can watch them, here or by a link."""
    return is_out_of_sight(production, links_die=face.capabilities.links_die)


def nothing_left(production: Production, face: Face) -> str:
    """Say that something was made and nobody can have it here."""
    return (
        f"{escape(face.label)} has finished, but what it made could not be kept: there is nothing "
        f"to {_sense(production)} here."
    )


def gate_words(face: Face) -> str:
    """Say what a decision does where the service has no approval of its own."""
    return f"{escape(face.label)} has finished; the decision here is the last word."


def failure_words(production: Production, face: Face) -> str:
    """Say what failed, plain words first, and what became of the money where that is known."""
    label, failure = escape(face.label), production.failure
    said = sentence(failure.text) if failure is not None else ""
    if failure is not None and failure.code == "card_refused":
        return (
            f"I could not post in this channel, so nothing was sent to {label} "
            "and nothing was charged."
        )
    if production.attempt.job is None:
        reason = said or "It gave no reason."
        return f"This could not be ordered from {label}. {reason} Nothing was made, and nothing charged."
    reason = said or "It gave no reason."
    charged = f"We can't see from here whether it was charged; check {at_service(face)}."
    if production.cost is not None:
        charged = f"It cost {escape(production.cost)} all the same."
    return f"{label} could not finish it. {reason} {charged}"


def ending_words(production: Production, face: Face) -> str:
    """Say who cancelled, when and why, and what it means for the money."""
    label, ending = escape(face.label), production.ending
    if ending is None:
        return f"Stopped at {label} {when(production.state_since_at)}."
    who = f"{mention(ending.user_id)} {when(ending.at)}"
    if production.attempt.job is not None:
        return f"Stopped by {who}. What {label} had already spent on it may be charged."
    if production.failure is not None:
        return (
            f"Given up by {who}; we no longer follow it. "
            f"If {label} did get the request, it may still make and charge the video."
        )
    return f"Stopped by {who}. Nothing was sent to {label}, so nothing was charged."
