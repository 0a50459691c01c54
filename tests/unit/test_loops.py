"""What a loop makes of a turn that went wrong."""

import pytest
from structlog.testing import capture_logs

from bot.core.errors import LostClaimError, StorageError, StorageUnavailableError
from bot.loops import guarded_turn, guarded_work

REFUSED = StorageError("database refused: ProgrammingError")
GONE = StorageUnavailableError("locked")


@pytest.mark.parametrize(
    ("guard", "error", "event", "level"),
    [
        (guarded_turn, GONE, "storage_unavailable", "warning"),
        (guarded_turn, REFUSED, "turn_failed", "error"),
        (guarded_turn, ValueError("a row of nonsense"), "turn_failed", "error"),
        (guarded_work, LostClaimError("AAAAAA"), "claim_lost", "warning"),
        (guarded_work, GONE, "turn_not_recorded", "warning"),
        (guarded_work, ValueError("a row of nonsense"), "turn_failed", "error"),
    ],
)
def test_what_goes_wrong_is_logged_as_gravely_as_it_is_and_no_further(guard, error, event, level):
    """A database that is gone is odd; one that refuses what we say is for somebody to mend."""
    with capture_logs() as logs, guard("tracker"):
        raise error
    (line,) = logs
    assert (line["event"], line["log_level"], line["loop"]) == (event, level, "tracker")
