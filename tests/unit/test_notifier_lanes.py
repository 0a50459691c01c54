"""What goes out together, and how many edits a minute takes."""

from bot.core.notices import Kind, Priority, Route
from bot.notifier.lanes import Window, batches
from storage.values import Lane, OutboxRow
from tests.factories import NOW, later


def row(number, production_id, *, owed_s=0, route=Route.REPLY):
    """Owe a message some seconds after `NOW`."""
    return OutboxRow(
        id=number,
        production_id=production_id,
        team_id="T0GREEN",
        lane="T0GREEN:post:C0MARKETING",
        route=route,
        kind=Kind.REVIEW,
        priority=Priority.STATE,
        attempt=1,
        owed_at=later(owed_s),
    )


def ids(*rows, seconds):
    """Give the numbers that each message pays, some seconds after `NOW`."""
    return [batch.row_ids for batch in batches(rows, now=later(seconds))]


def test_late_replies_of_one_production_go_together_whoever_stands_between():
    """Those of another production are told by themselves, each where its first one stood."""
    rows = (row(1, "A"), row(2, "B"), row(3, "A"), row(4, "B"), row(5, "A"))
    assert ids(*rows, seconds=121) == [(1, 3, 5), (2, 4)]


def test_replies_in_time_stand_alone():
    """Nothing is held together that people can read as it happens."""
    assert ids(row(1, "A"), row(2, "A"), seconds=120) == [(1,), (2,)]


def test_only_what_is_late_is_taken_in():
    """What has just happened is told after it, by itself."""
    assert ids(row(1, "A"), row(2, "A", owed_s=100), seconds=150) == [(1,), (2,)]


def test_only_replies_are_late():
    """A card shows how things are now, and a direct message takes the place of a reply."""
    rows = [row(number, "A", route=route) for number, route in enumerate(Route)]
    late = [batch.first.route for batch in batches(rows, now=later(600)) if batch.is_late]
    assert late == [Route.REPLY]


def window(count, *, started_s=0, seconds=0):
    """Give the window of a lane whose last holder counted edits."""
    lane = Lane(
        key="T0GREEN:edit",
        token="mine",
        rows=(),
        window_started_at=later(started_s),
        window_count=count,
    )
    return Window.of(lane, now=later(seconds))


def test_progress_leaves_half_of_the_minute_to_what_matters():
    """At half of the limit steps wait, at the limit everything does."""
    half, full = window(5), window(10)
    assert not half.takes(Priority.PROGRESS, edits_per_minute=10)
    assert half.takes(Priority.STATE, edits_per_minute=10)
    assert not full.takes(Priority.URGENT, edits_per_minute=10)


def test_each_minute_is_counted_anew():
    """The count of the minute before does not matter."""
    assert window(10, seconds=59).count == 10
    assert window(10, seconds=60) == Window(started_at=later(60), count=0)
    assert window(3, seconds=9).with_one_more() == Window(started_at=NOW, count=4)
