"""Narakeet's words and ours for them.

Narakeet has neither codes of errors nor words for states: a status says whether a job is finished
and whether it succeeded (REST page, poll for results, seen 2026-11-22). Codes here are ours.
"""

from collections.abc import Mapping

NAME = "narakeet"
LABEL = "Narakeet"

BUILDING = "building"
SUCCEEDED = "succeeded"
FAILED = "failed"
"""What we call the three things that a status can say."""

FORBIDDEN = (
    "Narakeet does not let our key in: it is wrong, or its plan does not include the API. Waiting "
    "does not help; whoever runs this bot must put in a key of a commercial account."
)
FAULT = (
    "http_error",
    "Something broke at Narakeet. It is not your request; waiting a few minutes usually helps.",
)
REFUSAL = ("refused", "Narakeet refused this. Waiting does not help.")
STATUS_ERRORS: Mapping[int, tuple[str, str]] = {
    400: (
        "invalid_request",
        "Narakeet cannot use what the form says. Waiting does not help; change it and ask again.",
    ),
    401: ("forbidden", FORBIDDEN),
    402: (
        "no_credits",
        "The Narakeet account has too few credits, so nothing was started. Buy more and ask again.",
    ),
    403: ("forbidden", FORBIDDEN),
    404: ("not_found", "Narakeet knows nothing of this. Waiting does not help."),
    408: ("timed_out", "Narakeet did not answer in time. Waiting usually helps."),
    413: (
        "too_large",
        "The request is too long for Narakeet. Waiting does not help; shorten it.",
    ),
    429: (
        "rate_limited",
        "Narakeet allows no more requests for now. Nothing is broken, and waiting helps.",
    ),
    503: ("unavailable", "Narakeet is closed for the moment. Waiting helps."),
}
"""Our code and words by status; which statuses Narakeet uses is not documented."""

BUDGET_SPENT_WORDS = (
    "The requests that Narakeet allows us are used up for now. Nothing is broken, and waiting "
    "helps."
)
MAYBE = "It may or may not have been started, and charged."
NOT_SAID = "It does not say why. Waiting does not help."
TOO_OLD = "Narakeet did not finish it in time, so we no longer wait. It may have been charged."
LOST = (
    "Narakeet no longer says what became of it, and there is no other way to ask. It may have been "
    "charged."
)
MISSING = "Narakeet has no status for this job, though it had taken it."
LINK_REFUSED = "Narakeet's storage does not take an address that Narakeet gave us."
LINK_DEAD = "Narakeet's link to this file has died, and there is no way to get a new one."
NO_LOOK_UP = (
    "Narakeet cannot look a job up by its id, so there is nothing to link. See its website for "
    "whether the video was made, then choose Submit again or Give up."
)
