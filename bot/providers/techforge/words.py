"""TechForge's words and ours for them.

Source: docs.techforgeinnovate.com (jobs-v2, jobs-get, overview of v1.0.0), seen 2026-11-21.
"""

import re
from collections.abc import Mapping

from bot.core.events import News

NAME = "techforge"
LABEL = "TechForge"

STATUS: Mapping[str, News] = {
    "queued": News.QUEUED,
    "started": News.PRODUCING,
    "in_progress": News.PRODUCING,
    "success": News.COMPLETED,
    "failed": News.FAILED,
    # The overview of v1.0.0 has words of its own.
    "processing": News.PRODUCING,
    "done": News.COMPLETED,
}
"""TechForge's states in lower case; the documents do not call the list closed."""


def plain_status(word: str) -> str:
    """Spell a job's state as `STATUS` does, whatever case and joints it comes with."""
    return re.sub(r"[\s-]+", "_", word.lower())


JOB_TYPES: Mapping[str, str] = {
    "ai_talking_video": "Talking videos",
    "video": "Videos",
    "tts": "Speech",
    "image": "Images",
    "ai_image_generation": "Generated images",
    "photo_qc": "Photo checks",
    "pdf": "Documents",
}
"""The documented types of jobs, with the headings that their projects stand under."""

MAKES: Mapping[str, str] = {
    "tts": "speech",
    "image": "an image",
    "ai_image_generation": "an image",
    "photo_qc": "a photo check",
    "pdf": "a document",
}
"""What a job makes, for types that make no video."""

IMAGE_GENERATION = "ai_image_generation"
WITH_MUSIC = frozenset({"ai_talking_video", "video"})
MUSIC_VERSION = 2
"""Background music means something for this version of a template only."""

JOB_MISSING = "job not found"
JOBS_MISSING = "no job found"
JOB_TRIGGERED = "job triggered"
"""Sentences that stand where an answer would be, with a status that tells nothing."""

STATUS_ERRORS: Mapping[int, tuple[str, str]] = {
    400: ("invalid", "TechForge cannot use what the form says. Waiting does not help; change it."),
    401: (
        "unauthorized",
        (
            "TechForge does not know our key: it is wrong or was revoked. Waiting does not help; "
            "whoever runs this bot must put in a valid key."
        ),
    ),
    402: (
        "no_credits",
        (
            "TechForge says that there are not enough credits, so nothing was started. Waiting does "
            "not help; have credits added in the TFI Studio."
        ),
    ),
    403: (
        "forbidden",
        (
            "Our TechForge key is not allowed to do this. Waiting does not help; whoever runs this "
            "bot must settle it with TechForge."
        ),
    ),
    404: (
        "not_found",
        "TechForge knows nothing of this, or it belongs to another account. Waiting does not help.",
    ),
    408: ("timed_out", "TechForge did not answer in time. Waiting usually helps."),
    413: ("too_large", "The request is too long for TechForge. Waiting does not help; shorten it."),
    429: (
        "rate_limited",
        "TechForge asks us to slow down. Nothing is broken, and waiting helps.",
    ),
    503: ("unavailable", "TechForge is not available. It is not your request; waiting helps."),
}
"""Our code and words for a status, since the documents name no codes."""

QUOTES_SERVICE = frozenset({400, 422})
"""Statuses whose message names what to change, so that people should see it."""

FAULT = (
    "http_error",
    "Something broke at TechForge. It is not your request; waiting a few minutes usually helps.",
)
REFUSAL = ("refused", "TechForge refused this without a reason we know. Waiting does not help.")

NO_REASON = "It gave no reason."

KINDS: Mapping[str, str] = {
    **dict.fromkeys(("mp4", "mov", "webm", "mkv", "avi", "m4v"), "video"),
    **dict.fromkeys(("mp3", "wav", "m4a", "aac", "ogg", "flac"), "Audio"),
    **dict.fromkeys(("vtt", "srt"), "captions"),
    **dict.fromkeys(("jpg", "jpeg", "png", "webp", "gif"), "Image"),
    **dict.fromkeys(("pdf",), "Document"),
    **dict.fromkeys(("json", "csv"), "Report"),
    **dict.fromkeys(("txt",), "transcript"),
    **dict.fromkeys(("zip",), "Archive"),
}
"""What a file is, by its ending."""

CONTENT_TYPES: Mapping[str, str] = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "pdf": "application/pdf",
    "json": "application/json",
    "csv": "text/csv",
    "txt": "text/plain",
    "zip": "application/zip",
}
