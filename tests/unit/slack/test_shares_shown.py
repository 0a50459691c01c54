"""What people read of files in the thread: on the card, at the click, above the files."""

from dataclasses import replace

import pytest

from bot.core.errors import TransitionNotAllowedError
from bot.core.production import Deliverable, Share, ShareState
from bot.core.shares import NOT_KEPT, TAKEN_BACK, TOO_LARGE
from bot.slack.ids import Action
from bot.slack.views.card import build_card
from bot.slack.views.private import build_share_answer
from bot.slack.views.shares import share_comment, share_title
from tests.unit.slack.bench import PERSON, Bench, click
from tests.unit.slack.factory import EVERY_STATE, FILES, HOSTILE, NOW, make_face, make_production

PERMALINK = "https://green.slack.com/files/U0BOT/F1/autumn.mp4"
SHARED = Share(state=ShareState.SHARED, at=NOW, permalink=PERMALINK)
WANTED = Share(state=ShareState.WANTED, at=NOW)
NO_ADDRESS = TransitionNotAllowedError("no_address")


def draw(*shares):
    """Draw a completed card whose files stand like this in the thread."""
    files = tuple(replace(one, share=share) for one, share in zip(FILES, shares, strict=True))
    production = replace(EVERY_STATE["completed"], deliverables=files)
    return str(build_card(production, make_face())["blocks"])


def refused(reason):
    """Make a share that was refused."""
    return Share(state=ShareState.REFUSED, at=NOW, reason=reason)


def test_card_says_which_files_are_in_the_thread():
    """Those that are on their way are not yet."""
    assert draw(SHARED, WANTED).count("in the thread") == 1
    assert draw(None, None).count("in the thread") == 0


def test_card_says_what_slack_would_not_have():
    """Once for each reason, in Slack's word."""
    both = draw(refused("storage_limit_reached"), refused("storage_limit_reached"))
    assert "2 files could not be put into this thread: `storage_limit_reached`." in both
    one = draw(refused("blocked_file_type"), SHARED)
    assert "1 file could not be put into this thread: `blocked_file_type`." in one


@pytest.mark.parametrize("reason", [TOO_LARGE, NOT_KEPT, TAKEN_BACK])
def test_what_was_left_out_on_purpose_is_nobodys_news(reason):
    """The Download button is there all the same."""
    assert "could not be put" not in draw(refused(reason), SHARED)


def test_comment_names_the_video_and_nothing_else():
    """Whatever was typed as its topic calls nobody."""
    assert share_comment(make_production(), 1) == "The file of “Autumn range”."
    assert share_comment(make_production(), 3) == "The 3 files of “Autumn range”."
    hostile = make_production()
    request = replace(hostile.request, topic=HOSTILE)
    hostile = replace(hostile, attempt=replace(hostile.attempt, request=request))
    assert "<!channel>" not in share_comment(hostile, 1)


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        ({"kind": "video", "platform": "LinkedIn"}, "Video for LinkedIn"),
        ({"kind": "captions", "language": "English (UK)"}, "Captions (English (UK))"),
        ({"kind": "x" * 200}, "X" + "x" * 98 + "…"),
    ],
)
def test_title_says_what_a_file_is(facts, title):
    """As the card does."""
    assert share_title(Deliverable(key="k", name="n", **facts)) == title


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (WANTED, "I'm putting Video of “Autumn range” into the thread."),
        (replace(SHARED, permalink=None), "Video of “Autumn range” is in the thread already."),
        (SHARED, f"is in the thread already. <{PERMALINK}|Open it there>"),
    ],
)
def test_click_is_answered_at_once(share, said):
    """On its way, or where it is."""
    production = replace(EVERY_STATE["completed"], deliverables=FILES)
    assert said in build_share_answer(production, key="v1", share=share)["text"]


def test_word_of_a_service_formats_nothing_in_the_answer():
    """A kind of file that we do not know keeps it."""
    files = (Deliverable(key="k", name="n", kind="*loud* cut"),)
    production = replace(EVERY_STATE["completed"], deliverables=files)
    said = build_share_answer(production, key="k", share=WANTED)["text"]
    assert "*" not in said
    assert "loud" in said


@pytest.fixture
def bench():
    made = Bench()
    made.workspace.writes_files = True
    made.productions.open_deliverable.side_effect = NO_ADDRESS
    made.productions.share_deliverable.return_value = WANTED
    return made


async def test_file_without_an_address_is_put_into_the_thread(bench):
    """In the name of whoever clicked."""
    await bench.hear(Action.DOWNLOAD, click("1.7K3MQ2.1.v1"))
    bench.productions.share_deliverable.assert_awaited_once_with(
        "7K3MQ2", attempt=1, key="v1", person=PERSON
    )
    assert "into the thread" in bench.told["text"]


async def test_without_the_scope_it_is_not_tried(bench):
    """The person learns what is missing instead."""
    bench.workspace.writes_files = False
    await bench.hear(Action.DOWNLOAD, click("1.7K3MQ2.1.v1"))
    bench.productions.share_deliverable.assert_not_called()
    assert "PUBLIC_URL is not set" in bench.told["text"]
    assert "files:write" in bench.told["text"]


@pytest.mark.parametrize("why", ["copy_lost", "superseded", "not_listed", "too_late"])
async def test_other_reasons_put_nothing_into_the_thread(bench, why):
    """What was rejected is not handed out this way either."""
    bench.productions.open_deliverable.side_effect = TransitionNotAllowedError(why)
    await bench.hear(Action.DOWNLOAD, click("1.7K3MQ2.1.v1"))
    bench.productions.share_deliverable.assert_not_called()


async def test_file_that_is_too_large_says_so(bench):
    """It is kept, and what would help is named."""
    too_large = TransitionNotAllowedError("too_large_to_share")
    bench.productions.share_deliverable.side_effect = too_large
    await bench.hear(Action.DOWNLOAD, click("1.7K3MQ2.1.v1"))
    assert "too large for this thread" in bench.told["text"]
    assert "PUBLIC_URL is not set" in bench.told["text"]
