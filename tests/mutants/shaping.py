"""Breakages of the service whose projects shape its form and whose jobs are retried in place."""

from tests.mutants.mutant import Mutant

_VIEWS = "tests/unit/slack/test_form_view.py::"
_FOLDER = "bot/providers/techforge"
_TESTS = "tests/unit/providers/techforge/test_techforge_provider.py::"
_VIEW = "tests/unit/slack/test_form_view.py::"
_FORMS = "tests/scenario/test_techforge_forms.py::"
_FORM = "tests/unit/providers/techforge/test_techforge_form.py::"
_READING = "tests/unit/providers/techforge/test_techforge_reading.py::"

SHAPING = (
    Mutant(
        name="a form too large is sent as it is",
        file="bot/slack/views/fitting.py",
        before="    if excess <= 0:\n        return view",
        after="    if excess:\n        return view",
        why="Slack would refuse it, and *Again with changes* would do nothing.",
        tests=(f"{_VIEWS}test_what_slack_would_not_take_begins_empty_and_is_said",),
    ),
    Mutant(
        name="a retry that says nothing known is taken for done",
        file=f"{_FOLDER}/provider.py",
        before="    if _says(reply, JOB_TRIGGERED):",
        after="    if reply.is_whole:",
        why="A job that nobody took up again would be looked at for ever.",
        tests=(f"{_TESTS}test_a_paid_calls_answer_is_classified_and_sent_once",),
    ),
    Mutant(
        name="a sentence in place of a job is taken for nonsense",
        file=f"{_FOLDER}/provider.py",
        before="        if is_job_missing(body):",
        after="        if is_job_missing({}):",
        why="Somebody on call would be told of nonsense where a job is gone.",
        tests=(f"{_TESTS}test_a_missing_job_is_said_to_be_missing",),
    ),
    Mutant(
        name="files of the last run are shown while a retry runs",
        file=f"{_FOLDER}/provider.py",
        before='find_files(body.get("output")) if is_done else ()',
        after='find_files(body.get("output"))',
        why="People would review what was found wanting.",
        tests=(f"{_TESTS}test_what_was_made_before_a_retry_is_not_listed",),
    ),
    Mutant(
        name="a job of another project is linked",
        file=f"{_FOLDER}/provider.py",
        before="project is not None and source != project[0]:",
        after="project is not None and source == project:",
        why="A thread would follow somebody else's video.",
        tests=(f"{_TESTS}test_a_job_of_another_project_cannot_be_linked",),
    ),
    Mutant(
        name="what people filled in is kept in samples",
        file=f"{_FOLDER}/errors.py",
        before="body[: min(starts)]",
        after="body[: len(body)]",
        why="Samples are kept for weeks, and job rows repeat everything.",
        tests=(f"{_TESTS}test_what_people_filled_in_is_in_no_sample",),
    ),
    Mutant(
        name="a signed link is handed out past its end",
        file=f"{_FOLDER}/links.py",
        before="min(until_at, link.expires_at - MARGIN)",
        after="max(until_at, link.expires_at - MARGIN)",
        why="A click would lead to an error of a store.",
        tests=(f"{_TESTS}test_the_end_of_an_older_links_life_is_kept",),
    ),
    Mutant(
        name="generated images name their source as templates do",
        file=f"{_FOLDER}/form.py",
        before='"project_id" if job_type == IMAGE_GENERATION else "template_id"',
        after='"template_id"',
        why="The prompt would not be found.",
        tests=(f"{_FORM}test_each_type_of_job_is_sent_as_its_project_has_it",),
    ),
    Mutant(
        name="an address into a private network is passed on",
        file=f"{_FOLDER}/form.py",
        before="            check_url(answer.value.strip(), base=base_url)",
        after="            answer.value.strip()",
        why="A job would be paid for that can only fail.",
        tests=(f"{_FORM}test_what_cannot_be_sent_is_refused_before_anything_is_paid",),
    ),
    Mutant(
        name="a file loses its key when its address is signed anew",
        file=f"{_FOLDER}/files.py",
        before='    return text.partition("?")[0].partition("#")[0]',
        after="    return text",
        why="Download links in the thread would end with the first signature.",
        tests=(f"{_READING}test_a_file_keeps_its_key_when_its_address_is_signed_anew",),
    ),
    Mutant(
        name="what a form cannot ask is left out in silence",
        file=f"{_FOLDER}/form.py",
        before="notes = (_left_out(asked), _note(",
        after="notes = (_left_out(()), _note(",
        why="Somebody would pay for a video with a hole in it.",
        tests=("tests/scenario/test_techforge_forms.py::test_field_that_cannot_be_asked_is_said",),
    ),
    Mutant(
        name="a full group takes no further page",
        file="bot/slack/views/fields.py",
        before="counts[choice.group] // OPTIONS_LIMIT)",
        after="0)",
        why="Slack would refuse the form for the hundred and first choice.",
        tests=(f"{_VIEW}test_choices_beyond_slacks_limit_stand_in_further_groups",),
    ),
    Mutant(
        name="what was typed into a project is lost when another is chosen",
        file="bot/slack/listeners/opening.py",
        before="            initial={**initial, **kept, **(",
        after="            initial={**initial, **(",
        why="Whoever looks at another project would have to write everything again.",
        tests=(f"{_FORMS}test_what_was_typed_into_a_project_is_there_again_when_it_comes_back",),
    ),
    Mutant(
        name="a TechForge form in which nothing is filled in is sent",
        file=f"{_FOLDER}/form.py",
        before="    if not asked or any(",
        after="    if asked or any(",
        why="A job would be made, and charged, of nothing.",
        tests=(f"{_FORM}test_music_alone_is_nothing_to_work_with",),
    ),
)
