"""Mutants of how finished files come into the thread, and out of it."""

from tests.mutants.mutant import Mutant

_CORE = "tests/unit/core/test_shares.py::"
_STORE = "tests/contract/test_store_shares.py::"
_TURN = "tests/unit/test_shares.py::"
_GONE = "tests/unit/test_shares_withdrawn.py::"
_BESIDE = "tests/contract/test_shares_beside.py::"
_CALLS = "tests/unit/slack/test_thread_files.py::"
CORE = "bot/core/shares.py"
TURN = "bot/shares/turn.py"
CALLS = "bot/slack/thread_files.py"
TABLE = "storage/shares.py"

SHARING: tuple[Mutant, ...] = (
    Mutant(
        name="files come before the decision",
        file=CORE,
        before="if after.state is not State.COMPLETED or before.state is State.COMPLETED:",
        after="if after.state is State.REJECTED or before.state is State.COMPLETED:",
        why="Everybody in the channel could save what is rejected a minute later.",
        tests=(f"{_CORE}test_files_are_shared_in_no_other_state",),
    ),
    Mutant(
        name="any length fits",
        file=CORE,
        before="if _has_copy(one) and _size(one) <= most_bytes]",
        after="if _has_copy(one)]",
        why="The operator's limit would mean nothing.",
        tests=(f"{_CORE}test_only_copies_that_fit_are_shared",),
    ),
    Mutant(
        name="the visible call is repeated unseen",
        file=TURN,
        before="        elif claim.state is ShareState.SENDING:\n            await self._look()\n",
        after="        elif claim.state is ShareState.SENDING:\n"
        "            await self._show(is_open=True)\n",
        why="A slow answer of Slack's would show the files twice.",
        tests=(f"{_TURN}test_unknown_outcome_is_looked_for_before_anything_is_repeated",),
    ),
    Mutant(
        name="an unknown outcome counts as none",
        file=TURN,
        before="is_unknown = is_open or isinstance(outcome, Unknown)",
        after="is_unknown = is_open",
        why="Files that are there would be shown again without a look.",
        tests=(f"{_TURN}test_unknown_outcome_is_looked_for_before_anything_is_repeated",),
    ),
    Mutant(
        name="bytes go out in chunks",
        file=CALLS,
        before='"Content-Length": str(size_bytes), ',
        after="",
        why="Slack could not tell a file that was cut from a whole one.",
        tests=(f"{_CALLS}test_bytes_go_out_with_their_length_and_without_the_token",),
    ),
    Mutant(
        name="bytes go anywhere",
        file=CALLS,
        before='return parts.scheme == "https" and bool(parts.hostname)',
        after="return bool(parts.scheme) and bool(parts.hostname)",
        why="A video could be read along on its way.",
        tests=(f"{_CALLS}test_bytes_go_only_where_nobody_can_read_along",),
    ),
    Mutant(
        name="files come one by one",
        file=TABLE,
        before="or_(shares.c.asked_by.is_not(None), ~_waits_for_copies()),",
        after="or_(shares.c.asked_by.is_not(None), shares.c.id > 0),",
        why="What is not copied yet would be left out of the thread.",
        tests=(f"{_STORE}test_everything_waits_for_the_last_copy",),
    ),
    Mutant(
        name="what was rejected stays in the thread",
        file="storage/saving.py",
        before="        await withdraw_shares(connection, production_id=after.id,"
        " attempt=number, at=at)\n",
        after="        await withdraw_shares(connection, production_id=after.id,"
        " attempt=number + 1, at=at)\n",
        why="People would go on watching what was turned down.",
        tests=(f"{_STORE}test_what_is_rejected_is_due_to_be_taken_away",),
    ),
    Mutant(
        name="a rejection in between is missed",
        file=TABLE,
        before="due_at = case((shares.c.id.in_(taken_back), moment(at)), else_=null())",
        after="due_at = None",
        why="A file shown at the moment of the rejection would stay for good.",
        tests=(f"{_STORE}test_file_that_was_rejected_while_it_was_shown_is_due_at_once",),
    ),
    Mutant(
        name="a rejection that is being written is missed",
        file=TABLE,
        before="await connection.execute(its_row.with_for_update(read=True))",
        after="await connection.execute(its_row)",
        why="On PostgreSQL what is being rejected would stay in the thread for good.",
        tests=(f"{_BESIDE}test_file_that_is_shown_while_a_rejection_is_written_is_taken_away",),
    ),
    Mutant(
        name="bytes on their way are shown whatever happened",
        file=TABLE,
        before="left = tuple(one for one in ids if one not in taken_back)",
        after="left = tuple(ids)",
        why="A claim is as old as its upload; rejected meanwhile, people would watch it.",
        tests=(f"{_GONE}test_rejected_while_its_bytes_go_out_is_not_shown",),
    ),
    Mutant(
        name="what was refused in the end is not looked after",
        file=TABLE,
        before="        and_(shares.c.state == ShareState.REFUSED.value, _may_be_there()),\n    )",
        after="    )",
        why="A call of unknown outcome may have shown what is rejected later.",
        tests=(f"{_GONE}test_what_may_be_there_although_it_was_refused_is_deleted",),
    ),
    Mutant(
        name="any number of files in a call",
        file=TABLE,
        before="is_taken = shares.c.id.in_(some.limit(FILES_MOST))",
        after="is_taken = shares.c.id.in_(some)",
        why="Slack takes ten; a call with more shows none.",
        tests=(f"{_TURN}test_one_message_shows_ten_files_at_most",),
    ),
    Mutant(
        name="a refusal is for ever",
        file=TABLE,
        before="where=shares.c.state.in_(_OVER),",
        after="where=shares.c.state.in_(_OVER[1:]),",
        why="One click that came too early would keep a file out of its thread.",
        tests=(f"{_TURN}test_refused_click_keeps_no_file_out_at_completion",),
    ),
    Mutant(
        name="guests fill the thread",
        file="bot/core/approval.py",
        before="        return _full_member(person, team_id=team_id)\n    except",
        after="        return person\n    except",
        why="Who may not decide would show everybody what may be rejected.",
        tests=("tests/unit/core/test_approval.py::test_only_full_members_share",),
    ),
    Mutant(
        name="a service that is off takes our copies along",
        file="bot/handing.py",
        before="if able.links_die or (able.is_off and is_kept(production, key)):",
        after="if able.links_die:",
        why="What we keep could not be had while the service is switched off.",
        tests=(
            "tests/unit/test_copies_kept.py::test_our_copy_is_handed_out_while_its_service_is_off",
        ),
    ),
)
