"""Mutants of how uploads are asked for, given an address, served and deleted."""

from tests.mutants.mutant import Mutant

_FORMS = "tests/unit/slack/test_forms.py::"
_PUBLISHING = "tests/unit/test_publishing.py::"
_STORE = "tests/contract/test_store_published.py::"
_SCENARIO = "tests/scenario/test_techforge_uploads.py::"

PUBLISHING = (
    Mutant(
        name="anything is published",
        file="bot/publishing.py",
        before="        if content_type is None:\n",
        after="        if not file.name:\n",
        why="A page that somebody uploaded would be served under our own name.",
        tests=(f"{_PUBLISHING}test_only_pictures_and_recordings_are_published",),
    ),
    Mutant(
        name="an address never ends",
        file="bot/publishing.py",
        before="        if found.until_at <= self._clock():\n",
        after="        if found.until_at is None:\n",
        why="What somebody uploaded would stay public for as long as the housekeeping is late.",
        tests=(f"{_PUBLISHING}test_an_address_ends_on_time_and_its_bytes_go",),
    ),
    Mutant(
        name="a file of another size is published",
        file="bot/publishing.py",
        before="        if size_bytes != file.size_bytes:\n",
        after="        if size_bytes < 0:\n",
        why="A service would be sent half a picture.",
        tests=(f"{_PUBLISHING}test_a_file_of_another_size_is_not_served",),
    ),
    Mutant(
        name="half a file waits a day to be swept away",
        file="bot/publishing.py",
        before="                await self._store.take_back_published(begun)\n",
        after="",
        why="A bad day of Slack's would fill the disk.",
        tests=(f"{_PUBLISHING}test_a_file_that_breaks_off_is_not_served_and_is_tried_anew",),
    ),
    Mutant(
        name="a file that cannot be deleted is always first",
        file="bot/publishing.py",
        before="        for one in sorted(over, key=lambda one: one.id in self._stuck)[:AT_ONCE]:\n",
        after="        for one in list(over)[:AT_ONCE]:\n",
        why="What stands behind a round of such files would stay for ever.",
        tests=(f"{_PUBLISHING}test_a_file_that_cannot_be_deleted_keeps_no_other",),
    ),
    Mutant(
        name="two replicas both publish a file",
        file="storage/published.py",
        before="is_live = is_ours and (rival is None or rival.until_at <= at)",
        after="is_live = is_ours",
        why="An order under way would be left with an address that is over.",
        tests=(f"{_STORE}test_of_two_that_publish_the_same_file_one_wins",),
    ),
    Mutant(
        name="a file is forgotten before it is over",
        file="storage/published.py",
        before="        over = select(files).where(files.c.state == PublishedState.OVER.value)",
        after="        over = select(files).where(files.c.state != PublishedState.GONE.value)",
        why="The housekeeping would delete what services are about to fetch.",
        tests=(f"{_STORE}test_files_end_and_are_forgotten_in_steps",),
    ),
    Mutant(
        name="a typed address may be any",
        file="bot/slack/forms.py",
        before="        check_typed(url)\n",
        after="        str(url)\n",
        why="People would hear of a typing mistake in a failed order instead of under the field.",
        tests=(f"{_FORMS}test_what_is_wrong_stands_under_the_input_that_is_wrong",),
    ),
    Mutant(
        name="a file silently wins over an address",
        file="bot/slack/forms.py",
        before="    if uploaded:\n",
        after="    if uploaded is None:\n",
        why="A video would be made with what somebody did not mean.",
        tests=(f"{_FORMS}test_what_is_wrong_stands_under_the_input_that_is_wrong",),
    ),
    Mutant(
        name="signed addresses stand on the card",
        file="bot/slack/views/card.py",
        before="        return _file_named(shown)\n",
        after="        return answer.shown\n",
        why="Everybody in the channel could fetch what was signed for one service.",
        tests=(f"{_SCENARIO}test_the_card_names_files_and_hides_what_signs_an_address",),
    ),
)
