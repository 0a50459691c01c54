"""Breakages of what is kept: claims, versions, hints, lanes, secrets, and the start on old data."""

from tests.mutants.mutant import Mutant

_SCENARIO = "tests/scenario/"
SAVING = "storage/saving.py"
CLAIMS = "storage/claims.py"
OUTBOX = "storage/outbox.py"
LANES = "storage/lanes.py"
_CLAIM_TESTS = "tests/contract/test_store_claims.py::"
_PRODUCTION_TESTS = "tests/contract/test_store_productions.py::"
_WEBHOOK_TESTS = "tests/contract/test_store_webhooks.py::"
_OUTBOX_TESTS = "tests/contract/test_store_outbox.py::"
_SECRET_TESTS = "tests/contract/test_store_secrets.py::"
_ENGINE_TESTS = "tests/contract/test_store_engine.py::"
_DATABASE_TESTS = "tests/unit/test_database.py::"

KEEPING = (
    # Saving.
    Mutant(
        name="saving without the claim",
        file=SAVING,
        before="is_ours = and_(is_ours, productions.c.claim_token == claim)",
        after="is_ours = and_(is_ours, productions.c.claim_token != '')",
        why="A worker whose lease ran out would overwrite the one that took over.",
        tests=(f"{_PRODUCTION_TESTS}test_a_save_under_a_lost_claim_is_refused[sqlite]",),
    ),
    Mutant(
        name="saving without the version",
        file=SAVING,
        before="productions.c.id == before.id, productions.c.version == before.version)",
        after="productions.c.id == before.id)",
        why="The second of two people at once would silently undo the first.",
        tests=(f"{_PRODUCTION_TESTS}test_who_saves_second_is_told_to_load_again[sqlite]",),
    ),
    Mutant(
        name="a webhook during a change is lost",
        file=SAVING,
        before="is_hinted = productions.c.hints > change.after.hints",
        after="is_hinted = productions.c.hints < change.after.hints",
        why="What the webhook told of would be seen only at the next interval.",
        tests=(f"{_WEBHOOK_TESTS}test_a_webhook_during_a_change_keeps_the_production_due[sqlite]",),
    ),
    Mutant(
        name="an early webhook is never matched",
        file=SAVING,
        before="    if matched.rowcount > 0:",
        after="    if matched.rowcount > 1:",
        why="News that came before the job was saved would be forgotten.",
        tests=(
            f"{_WEBHOOK_TESTS}test_a_webhook_before_its_job_is_known_is_acted_on_when_it_is[sqlite]",
        ),
    ),
    # Claims.
    Mutant(
        name="two workers claim one production",
        file=CLAIMS,
        before="or_(productions.c.claim_until.is_(None), productions.c.claim_until <= now),",
        after="or_(productions.c.claim_until.is_(None), productions.c.due_at <= now),",
        why="Two workers would submit the same request.",
        tests=(f"{_CLAIM_TESTS}test_a_claim_holds_until_its_lease_ends[sqlite]",),
    ),
    Mutant(
        name="a webhook during a look is lost",
        file=CLAIMS,
        before='productions.c.hints == bindparam("b_hints"),',
        after='productions.c.hints >= bindparam("b_hints"),',
        why="What the webhook told of would be seen only at the next interval.",
        tests=(f"{_WEBHOOK_TESTS}test_a_webhook_during_a_look_keeps_the_production_due[sqlite]",),
    ),
    Mutant(
        name="a click during a look is put off",
        file=CLAIMS,
        before='productions.c.version == bindparam("b_version"),',
        after='productions.c.version >= bindparam("b_version"),',
        why="A cancel would wait for the next regular look.",
        tests=(f"{_CLAIM_TESTS}test_a_click_during_a_look_keeps_the_moment_it_set[sqlite]",),
    ),
    Mutant(
        name="a look settles under a lost claim",
        file=CLAIMS,
        before='productions.c.claim_token == bindparam("b_claim"),',
        after='bindparam("b_claim") != "",',
        why="A late worker would release a production that another holds.",
        tests=(f"{_CLAIM_TESTS}test_settling_under_a_lost_claim_changes_nothing[sqlite]",),
    ),
    # Forms and webhooks known again.
    Mutant(
        name="other values under one form are the same",
        file="storage/productions.py",
        before='is_same = row.fingerprint == form["fingerprint"]',
        after="is_same = True",
        why="A corrected form would look recorded and be lost.",
        tests=(f"{_PRODUCTION_TESTS}test_the_same_form_with_other_values_says_so[sqlite]",),
    ),
    Mutant(
        name="a repeated webhook counts again",
        file="storage/webhooks.py",
        before="return len(added.all()) == len(ids)",
        after="return len(added.all()) <= len(ids)",
        why="Each repeat of a delivery would cost a request.",
        tests=(f"{_WEBHOOK_TESTS}test_a_webhook_known_by_any_of_its_ids_does_nothing[sqlite]",),
    ),
    Mutant(
        name="an unmatched job is forgotten",
        file="storage/webhooks.py",
        before="if production_id is None and looks:",
        after="if production_id is not None and looks:",
        why="Nobody could be offered the job whose submission is unknown.",
        tests=(f"{_WEBHOOK_TESTS}test_an_unmatched_job_is_kept_for_a_person[sqlite]",),
    ),
    # The outbox.
    Mutant(
        name="replies lose their order",
        file=LANES,
        before="order_by=(urgency, outbox.c.id))",
        after="order_by=(urgency, outbox.c.id.desc()))",
        why="People would read that it is published before it is to be reviewed.",
        tests=(f"{_OUTBOX_TESTS}test_a_lane_gives_some_of_its_rows_in_order[sqlite]",),
    ),
    Mutant(
        name="a message overtakes one of unknown outcome",
        file=LANES,
        before="        ~is_held_up,\n",
        after="        outbox.c.id > 0,\n",
        why="The thread would tell things in the wrong order.",
        tests=(
            f"{_OUTBOX_TESTS}test_a_message_of_unknown_outcome_holds_up_those_behind_it[sqlite]",
        ),
    ),
    Mutant(
        name="a message overtakes one that rests",
        file=LANES,
        before="        ~is_behind_one_that_rests,\n",
        after="",
        why="The thread would tell things in the wrong order.",
        tests=(
            "tests/contract/test_store_unknowns.py::test_a_message_that_rests_is_not_overtaken[sqlite]",
        ),
    ),
    Mutant(
        name="what Slack takes too long at goes first",
        file=LANES,
        before="(and_(is_edit, outbox.c.unknowns > 0), _LAST), ",
        after="",
        why="One card could hold up those of the whole workspace.",
        tests=(
            "tests/contract/test_store_unknowns.py::test_an_edit_of_unknown_outcome_goes_after_the_others[sqlite]",
        ),
    ),
    Mutant(
        name="a lane does not rest",
        file=LANES,
        before="or_(lanes.c.not_before_at.is_(None), lanes.c.not_before_at <= now),",
        after="or_(lanes.c.not_before_at.is_(None), lanes.c.served_at <= now),",
        why="Slack's limits would be run into again and again.",
        tests=(
            f"{_SCENARIO}test_bad_slack.py::test_rate_limited_post_waits_as_long_as_slack_says",
        ),
    ),
    Mutant(
        name="a collapsed edit stays as unimportant as it was",
        file=OUTBOX,
        before="(is_sooner, statement.excluded.priority), else_=outbox.c.priority",
        after="(is_sooner, outbox.c.priority), else_=outbox.c.priority",
        why="A failure would wait behind steps of progress.",
        tests=(f"{_OUTBOX_TESTS}test_edits_of_one_card_collapse_to_the_newest[sqlite]",),
    ),
    Mutant(
        name="an edit swallows one that is being sent",
        file=OUTBOX,
        before="""index_where=text("status = 'owed' AND route = 'edit'"),""",
        after="""index_where=text("status <> 'paid' AND route = 'edit'"),""",
        why="A change during an edit would never be shown.",
        tests=(f"{_OUTBOX_TESTS}test_an_edit_being_sent_does_not_swallow_a_newer_one[sqlite]",),
    ),
    Mutant(
        name="anybody sends",
        file=OUTBOX,
        before=".where(outbox.c.id == row_id, outbox.c.status == OWED, is_ours)",
        after=".where(outbox.c.id == row_id, outbox.c.status == OWED)",
        why="Two workers would post the same message.",
        tests=(f"{_OUTBOX_TESTS}test_only_the_holder_of_the_lane_may_send[sqlite]",),
    ),
    Mutant(
        name="a message being sent is nobody's",
        file=OUTBOX,
        before="outbox.c.status == SENDING, ~is_live)",
        after="outbox.c.status == SENDING)",
        why="What another worker is sending would be looked for, and sent again.",
        tests=(
            f"{_OUTBOX_TESTS}test_messages_being_sent_are_unknown_once_nobody_holds_them[sqlite]",
        ),
    ),
    # Secrets.
    Mutant(
        name="handles in the clear",
        file="storage/codec.py",
        before='"handle": cipher.seal(_HANDLE.dump_json(job.handle).decode()),',
        after='"handle": _HANDLE.dump_json(job.handle).decode(),',
        why="Whoever reads the file could act at the service.",
        tests=(f"{_SECRET_TESTS}test_no_secret_stands_in_the_clear_in_any_column[sqlite]",),
    ),
    Mutant(
        name="download tokens in the clear",
        file="storage/deliverables.py",
        before='"token_hash": token_hash(token),',
        after='"token_hash": token,',
        why="Whoever reads the file could fetch every video.",
        tests=(
            f"{_SECRET_TESTS}test_no_secret_stands_in_the_clear_in_any_column[sqlite]",
            "tests/contract/test_store_deliverables.py::test_a_token_finds_its_file[sqlite]",
        ),
    ),
    # The file and who serves from it.
    Mutant(
        name="the hold is let go at once",
        file="storage/engine.py",
        before="        self._lock = lock\n",
        after="        lock.release()\n",
        why="Two processes on one file would submit everything twice.",
        tests=(
            f"{_DATABASE_TESTS}test_a_file_is_served_from_by_one",
            f"{_ENGINE_TESTS}test_a_second_process_on_the_same_file_refuses",
        ),
    ),
    Mutant(
        name="serving without the hold",
        file="bot/database.py",
        before="        database.hold_exclusively()\n",
        after="",
        why="Two processes on one file would submit everything twice.",
        tests=(f"{_DATABASE_TESTS}test_a_file_is_served_from_by_one",),
    ),
    Mutant(
        name="the dead keep their claims",
        file="bot/database.py",
        before="            await store.release_all_claims(now)",
        after="            log.debug('claims_kept', at=now)",
        why="After a restart everything would stand still until the leases end.",
        tests=(f"{_DATABASE_TESTS}test_what_the_dead_held_is_free_at_the_next_start",),
    ),
    Mutant(
        name="transactions begin without the lock",
        file="storage/engine.py",
        before='begin="BEGIN IMMEDIATE"',
        after='begin="BEGIN"',
        why="Two writers on one file could each save over what the other read.",
        tests=(
            "tests/unit/storage/test_writers.py::test_writers_beside_each_other_wait_their_turn",
        ),
    ),
)
