"""JARAI's words and ours for them.

Source: JARAI developer portal (lifecycle, errors, rate limits, webhooks) and help site (pipeline),
seen 2026-11-21.
"""

import re
from collections.abc import Mapping

from bot.core.events import News

NAME = "jarai"
LABEL = "JARAI"

STATUS: Mapping[str, News] = {
    "queued": News.QUEUED,
    "producing": News.PRODUCING,
    "awaitingapproval": News.AWAITING_APPROVAL,
    "distributing": News.DISTRIBUTING,
    "published": News.COMPLETED,
    "failed": News.FAILED,
    "cancelled": News.CANCELLED,
}
"""JARAI's states in lower case."""

KINDS: Mapping[str, str] = {
    "video": "video",
    "closedcaptions": "captions",
    "audiodescription": "audio_description",
    "transcript": "transcript",
    "compliancecertificate": "certificate",
}
"""JARAI's types of deliverables in lower case."""

ERRORS: Mapping[str, str] = {
    "UNAUTHORIZED": (
        "JARAI does not know our key: it is wrong or was revoked. Waiting does not help; whoever "
        "runs this bot must put in a valid key."
    ),
    "PARTNER_NOT_ACTIVE": (
        "JARAI has switched off our access as a partner. Waiting does not help; whoever runs this "
        "bot must settle it with JARAI."
    ),
    "PERMISSION_DENIED": (
        "Our JARAI key is not allowed to do this. Waiting does not help; an administrator must "
        "make a key with the missing permission."
    ),
    "RATE_LIMIT_EXCEEDED": (
        "A JARAI limit is used up, for requests or for productions a day. Nothing is broken, and "
        "waiting helps: it opens again by itself."
    ),
    "INTERNAL_ERROR": (
        "Something broke at JARAI. It is not your request; waiting a few minutes usually helps."
    ),
    "SERVICE_UNAVAILABLE": (
        "JARAI is closed for maintenance. It is not your request; waiting helps."
    ),
    "INVALID_REQUEST": (
        "JARAI cannot use what the form says. Waiting does not help; change it and ask again."
    ),
    "INSUFFICIENT_SCOPE": (
        "Our key may not produce for this JARAI account. Waiting does not help; choose an avatar "
        "of another account, or have an administrator add this one to the key."
    ),
    "ACCOUNT_NOT_ACTIVE": (
        "This JARAI account is not active. Waiting does not help; choose an avatar of another "
        "account, or have this one activated in the Studio."
    ),
    "PRODUCTION_EXPIRED": (
        "JARAI was too busy to start it in time and let it lapse. Nothing is wrong with your "
        "request; asking again works at once."
    ),
}
"""Documented codes; each text says whose fault it is, whether waiting helps, and what next."""

BUDGET_PREFIX = "BUDGET_"
BUDGET_WORDS = (
    "This JARAI account has used up its AI budget for the month, so nothing was started. Wait for "
    "next month, or have the budget raised in the Studio."
)
QUOTES_SERVICE = frozenset({"INVALID_REQUEST"})
"""Codes whose message names what to change, so that people should see it."""

STATUS_ERRORS: Mapping[int, tuple[str, str]] = {
    401: ("unauthorized", ERRORS["UNAUTHORIZED"]),
    403: ("forbidden", ERRORS["PERMISSION_DENIED"]),
    404: ("not_found", "JARAI knows nothing of this. Waiting does not help."),
    408: ("timed_out", "JARAI did not answer in time. Waiting usually helps."),
    413: (
        "too_large",
        "The request is too long for JARAI. Waiting does not help; shorten the notes.",
    ),
    429: ("rate_limited", ERRORS["RATE_LIMIT_EXCEEDED"]),
    503: ("unavailable", ERRORS["SERVICE_UNAVAILABLE"]),
}
"""Our own code and words where an answer carries no code of JARAI's."""

FAULT = ("http_error", ERRORS["INTERNAL_ERROR"])
REFUSAL = ("refused", "JARAI refused this without a reason we know. Waiting does not help.")

STAGES: tuple[tuple[int, str], ...] = (
    (4, "Write"),
    (7, "Visuals"),
    (9, "Audio"),
    (12, "Video & variants"),
    (15, "Package"),
)
"""Last step of each phase of the pipeline."""

STEPS: Mapping[str, str] = {
    "ProductionBriefGenerator": "Writing the brief",
    "NarrativeGenerator": "Writing the story",
    "SequenceBeatGenerator": "Setting the rhythm",
    "SceneScriptGenerator": "Writing the scenes",
    "ImageAnalyser": "Examining the images",
    "ImageProducer": "Making the images",
    "VoiceoverProducer": "Speaking the text",
    "SoundtrackProducer": "Making the soundtrack",
    "PlatformVariantProducer": "Cutting versions for each platform",
    "SEOGenerator": "Writing titles and keywords",
    "AttributionPackager": "Gathering credits",
    "DeliverablePackager": "Packing the files",
    "TranscriptGenerator": "Writing the transcript",
    "GateEvaluator": "Checking the result",
}

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_-]+")


def stage_of(step_number: int) -> str | None:
    """Give the phase a step belongs to; None beyond the steps that are documented."""
    if step_number < 1:
        return None
    return next((stage for last, stage in STAGES if step_number <= last), None)


def step_words(name: str) -> str:
    """Say a step's name as people would; unknown names are at least taken apart."""
    if name in STEPS:
        return STEPS[name]
    words = _WORD_START.sub(" ", name).split()
    return " ".join([words[0], *(_lower(word) for word in words[1:])]) if words else name


def _lower(word: str) -> str:
    return word if word.isupper() else word.lower()


def explain(code: str | None, message: str | None) -> str | None:
    """Put a code of JARAI's into words; None where we have none for it."""
    if code is None:
        return None
    if code.startswith(BUDGET_PREFIX):
        return BUDGET_WORDS
    words = ERRORS.get(code)
    if words and message and code in QUOTES_SERVICE:
        return f"{words} It says: {message}"
    return words
