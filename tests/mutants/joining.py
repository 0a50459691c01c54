"""Breakages of how one becomes a service's partner, and of what its API's generations differ in."""

from tests.mutants.mutant import Mutant

ENROLMENT = "bot/providers/jarai/enrolment.py"
DIALECTS = "bot/providers/jarai/dialects.py"
_TESTS = "tests/unit/providers/jarai/test_enrolment.py::"
_DIALECT_TESTS = "tests/unit/providers/jarai/test_dialects.py::"
_CLI = "tests/unit/test_cli_jarai.py::"

JOINING = (
    Mutant(
        name="the old key is taken for the new one",
        file=ENROLMENT,
        before="if value != old), None)",
        after="if value), None)",
        why="The new key would be lost, and the old one ends in a day.",
        tests=(f"{_TESTS}test_a_key_is_known_by_its_looks",),
    ),
    Mutant(
        name="a shortened key is taken for the whole one",
        file=ENROLMENT,
        before="key=len, reverse=True)",
        after="key=len)",
        why="What is shown once would be shown in part.",
        tests=(f"{_TESTS}test_a_key_is_known_by_its_looks",),
    ),
    Mutant(
        name="a lost rotation is called undone",
        file=ENROLMENT,
        before="            raise _lost(error, if_lost) from error",
        after="            raise",
        why="Nobody would look for the key that was made.",
        tests=(f"{_TESTS}test_a_lost_answer_says_what_to_do_next",),
    ),
    Mutant(
        name="a key is changed without a yes",
        file="bot/cli.py",
        before="    if not yes:\n        confirm(",
        after="    if yes:\n        confirm(",
        why="A mistyped command would end the key of everybody who uses it.",
        tests=(f"{_CLI}test_a_no_changes_nothing",),
    ),
    Mutant(
        name="questions go to standard output",
        file="bot/terminal.py",
        before='typer.echo(f"{words}: ", nl=False, err=True)',
        after='typer.echo(f"{words}: ", nl=False)',
        why="Programs that read JSON would read a question.",
        tests=(f"{_CLI}test_what_is_not_given_is_asked_for_beside_the_output",),
    ),
    Mutant(
        name="productions of another account are linked",
        file="bot/providers/jarai/provider.py",
        before="            if error.code != OTHER_JOB:\n",
        after="            if error.code:\n",
        why="A person would read that JARAI makes no sense, instead of what to do.",
        tests=(f"{_DIALECT_TESTS}test_a_pasted_id_of_another_account_is_not_linked",),
    ),
    Mutant(
        name="the older generation cancels where the newer does",
        file=DIALECTS,
        before='        production="/v1/productions/{production_id}",',
        after='        production="/v1/accounts/{account_id}/productions/{production_id}",',
        why="Every look would find nothing.",
        tests=(f"{_DIALECT_TESTS}test_each_operation_has_its_path",),
    ),
    Mutant(
        name="a right is tried by the other generation's name",
        file=DIALECTS,
        before='scope="productions:cancel"',
        after='scope="productions:write"',
        why="Whoever makes keys would look for a right that there is not.",
        tests=(f"{_DIALECT_TESTS}test_rights_are_tried_by_their_names",),
    ),
)
