"""Breakages of how jobs are followed: outcomes that must be kept, looks that fail, late files."""

from tests.mutants.mutant import Mutant

LOOPS = "bot/loops.py"
TRACKER = "bot/tracker/loop.py"
SUBMITTER = "bot/tracker/submitter.py"
LOOKER = "bot/tracker/looker.py"
CHANGES = "bot/changes.py"
MACHINE = "bot/core/machine.py"
_SUBMITTER = "tests/unit/test_submitter.py::"
_TRACKER = "tests/unit/test_tracker.py::"
_CHANGES = "tests/unit/test_changes.py::"
_TURNS = "tests/scenario/test_bad_turns.py::"

FOLLOWING = (
    # The loops.
    Mutant(
        name="one odd row ends the following",
        file=LOOPS,
        before='    except Exception:\n        log.exception("turn_failed", loop=loop, **detail)',
        after='    except ArithmeticError:\n        log.exception("turn_failed", loop=loop, **detail)',
        why="Every production would stand still because of one.",
        tests=(f"{_TRACKER}test_unexpected_error_while_claiming_is_logged_and_the_loop_goes_on",),
    ),
    Mutant(
        name="one odd look ends the saving",
        file="bot/tracker/flusher.py",
        before='        except Exception:\n            log.exception("looks_not_settled"',
        after='        except ArithmeticError:\n            log.exception("looks_not_settled"',
        why="No look would be settled again until a restart.",
        tests=(
            f"{_TRACKER}test_unexpected_error_while_settling_is_logged_and_the_flusher_goes_on",
        ),
    ),
    # The paid call.
    Mutant(
        name="an outcome is saved once or never",
        file=SUBMITTER,
        before="            except StorageUnavailableError:",
        after="            except ArithmeticError:",
        why="A database that is locked for a moment would make a paid job unknown.",
        tests=(f"{_SUBMITTER}test_outcome_is_saved_although_the_database_is_locked_for_a_moment",),
    ),
    Mutant(
        name="a late answer is thrown away",
        file=SUBMITTER,
        before="if signal.kind is not News.ACCEPTED:",
        after="if signal.kind is not News.UNCERTAIN:",
        why="A person would be asked what the service has just told us.",
        tests=(f"{_SUBMITTER}test_answer_after_the_lease_was_lost_settles_what_is_unknown",),
    ),
    Mutant(
        name="a late answer settles any attempt",
        file="bot/productions.py",
        before="accepted = replace(accepted, attempt=production.attempt.number)",
        after="accepted = replace(accepted, attempt=now.attempt.number)",
        why="v2 would follow the job of v1, and its own would run unseen.",
        tests=(f"{_SUBMITTER}test_late_answer_settles_no_other_attempt",),
    ),
    Mutant(
        name="a late answer revives what was given up",
        file="bot/productions.py",
        before="if now.state not in {State.SUBMITTING, State.SUBMISSION_UNKNOWN}:",
        after="if now.state is State.SUBMITTING:",
        why="The log would say that an answer was kept which the table refuses.",
        tests=(f"{_SUBMITTER}test_late_answer_changes_nothing_that_a_person_has_given_up",),
    ),
    Mutant(
        name="each try to submit starts from two seconds",
        file=CHANGES,
        before="_KEEPS_COUNT = frozenset({News.SUBMISSION_BEGUN})",
        after="_KEEPS_COUNT = frozenset({News.ACCEPTED})",
        why="An outage would fill the history and use up the day's requests.",
        tests=(
            f"{_SUBMITTER}test_service_that_cannot_be_reached_is_tried_ever_more_rarely",
            f"{_TURNS}test_service_that_is_down_for_long_is_tried_ever_more_rarely",
        ),
    ),
    Mutant(
        name="the unknown forgets a cancel",
        file=MACHINE,
        before="    keeps_cancel = target in {\n        S.SUBMISSION_UNKNOWN,\n",
        after="    keeps_cancel = target in {\n",
        why="A video that somebody cancelled would be made once it is linked.",
        tests=(f"{_SUBMITTER}test_cancel_asked_while_submitting_is_sent_once_the_job_is_linked",),
    ),
    # Cancelling.
    Mutant(
        name="a forbidden cancel is tried for ever",
        file=LOOKER,
        before='        except ProviderError as error:\n            log.warning("cancel_refused"',
        after='        except ProviderRefusedError as error:\n            log.warning("cancel_refused"',
        why="Nobody would be told, and no look would be made any more.",
        tests=(
            f"{_TRACKER}test_cancel_that_is_not_allowed_is_said_and_dropped",
            f"{_TURNS}test_cancel_that_is_not_allowed_is_told_and_looks_go_on",
        ),
    ),
    Mutant(
        name="a cancel that fails holds up the looks",
        file=LOOKER,
        before='            log.warning("cancel_not_sent", code=error.code)\n            return production',
        after='            log.warning("cancel_not_sent", code=error.code)\n            raise',
        why="People would read of a state that has long passed.",
        tests=(
            f"{_TRACKER}test_cancel_that_cannot_be_sent_holds_up_no_look_and_is_sent_later",
            f"{_TURNS}test_cancel_that_cannot_be_sent_now_is_sent_later_and_looks_go_on",
        ),
    ),
    Mutant(
        name="a cancel waits like a look",
        file=TRACKER,
        before="for_people=has_cancel_to_send(production)",
        after="for_people=False",
        why="A job that somebody stopped would cost money until midnight.",
        tests=(
            f"{_TRACKER}test_cancel_goes_out_although_the_looks_have_spent_their_share",
            f"{_TURNS}test_cancel_goes_out_although_the_looks_have_spent_their_share",
        ),
    ),
    Mutant(
        name="a changed decision cancels all the same",
        file=MACHINE,
        before="pending_cancel=None if is_its_own else pending)",
        after="pending_cancel=pending)",
        why="What was approved in the end would be cancelled.",
        tests=(f"{_TURNS}test_changed_decision_takes_the_rejections_cancel_back",),
    ),
    Mutant(
        name="a decision is changed after its cancel was sent",
        file=MACHINE,
        before="    if pending is not None and pending.sent_at is not None:",
        after="    if pending is not None and pending.sent_at is None:",
        why="People would believe that a video goes on which the service is stopping.",
        tests=(f"{_TURNS}test_decision_is_not_changed_once_its_cancel_was_sent",),
    ),
    Mutant(
        name="a taken job leaves the order in the air",
        file="bot/tracker/submitter.py",
        before="            await self._productions.record_taken(claim, signal)",
        after="            raise",
        why="People would hear of it late and with wrong words, and the answer would be lost.",
        tests=(f"{_SUBMITTER}test_a_job_that_another_thread_follows_is_asked_about_at_once",),
    ),
    Mutant(
        name="the claim of an order is not renewed while it is prepared",
        file=SUBMITTER,
        before="asyncio.wait({preparing}, timeout=RENEW_S)",
        after="asyncio.wait({preparing})",
        why="An upload longer than the claim would be made again and again.",
        tests=(f"{_SUBMITTER}test_an_order_that_takes_long_to_prepare_is_prepared_once",),
    ),
    Mutant(
        name="an order is held for as long as preparing may take",
        file=SUBMITTER,
        before="timedelta(seconds=PREPARING_LEASE_S)",
        after="timedelta(hours=1)",
        why="A kill during an upload would leave the order resting.",
        tests=(f"{_SUBMITTER}test_an_order_whose_preparing_died_is_taken_up_within_minutes",),
    ),
    Mutant(
        name="an order that is lost is prepared to its end",
        file=SUBMITTER,
        before="            preparing.cancel()",
        after="            pass",
        why="Two workers would upload the same files, and the loser would hold its place.",
        tests=(f"{_SUBMITTER}test_preparing_is_broken_off_once_another_worker_has_the_order",),
    ),
    # When to look again.
    Mutant(
        name="a click puts off a look",
        file=CHANGES,
        before="if hold is None and after.state is change.before.state:",
        after="if hold is None and after.state is not change.before.state:",
        why="What a webhook told of would be seen an hour later.",
        tests=(f"{_CHANGES}test_click_does_not_put_off_a_look_that_a_webhook_asked_for",),
    ),
    Mutant(
        name="a lost race keeps its claim",
        file=CHANGES,
        before="return Made(production=production, is_saved=False)",
        after="return Made(production=production, is_saved=True)",
        why="The production would stand still until the lease is over.",
        tests=(
            f"{_CHANGES}test_look_that_lost_a_race_and_brings_nothing_new_gives_its_claim_back",
        ),
    ),
    Mutant(
        name="the next look is planned on what was before",
        file=CHANGES,
        before="self._interval_s(after, hold)",
        after="self._interval_s(change.before, hold)",
        why="Files would be looked for after an hour instead of ten seconds.",
        tests=(f"{_CHANGES}test_collecting_is_looked_at_again_soon_whatever_the_safety_net",),
    ),
    Mutant(
        name="failed looks never get rarer",
        file=TRACKER,
        before="            production.quiet_looks + 1,\n            base_s=min(",
        after="            1,\n            base_s=min(",
        why="A job that is gone would use up the day's requests.",
        tests=(
            f"{_TRACKER}test_job_that_is_gone_is_looked_at_ever_more_rarely_and_called_late_once",
            f"{_TURNS}test_job_that_is_gone_for_good_is_called_late_once",
        ),
    ),
    Mutant(
        name="what cannot be seen is never late",
        file=TRACKER,
        before="if await self._is_said_late(claim, replace(unclear, kind=News.OVERDUE)):",
        after="if production.is_late:",
        why="Nobody would be told of a job that is gone.",
        tests=(
            f"{_TRACKER}test_job_that_is_gone_is_looked_at_ever_more_rarely_and_called_late_once",
            f"{_TURNS}test_job_that_is_gone_for_good_is_called_late_once",
        ),
    ),
    Mutant(
        name="saying that it is late forgets the wait",
        file=TRACKER,
        before="replace(unclear, kind=News.OVERDUE)",
        after="Signal(kind=News.OVERDUE)",
        why="A service that asked for an hour would be asked again at once.",
        tests=(f"{_TRACKER}test_deadline_never_cuts_short_a_wait_that_was_asked_for",),
    ),
    Mutant(
        name="a deadline beats a wait",
        file="bot/core/schedule.py",
        before="due_at = min(due_at, max(deadline_at, earliest_at))",
        after="due_at = min(due_at, deadline_at)",
        why="A service that asked for an hour would be asked again before it.",
        tests=(f"{_TRACKER}test_deadline_never_cuts_short_a_wait_that_was_asked_for",),
    ),
    Mutant(
        name="one refused video pauses all",
        file=TRACKER,
        before="isinstance(error, ProviderAuthError) and error.is_for_all",
        after="isinstance(error, ProviderAuthError)",
        why="One account without the right would stop everybody's cards.",
        tests=(
            f"{_TRACKER}test_one_production_that_is_refused_pauses_no_other",
            f"{_TURNS}test_one_video_that_is_refused_pauses_no_other",
        ),
    ),
    Mutant(
        name="a refused key is tried on",
        file=TRACKER,
        before="self._clock() + timedelta(seconds=60)",
        after="self._clock() + timedelta(seconds=0)",
        why="A revoked key would be sent again for every production.",
        tests=(
            f"{_TRACKER}test_key_that_is_refused_for_everything_pauses_every_look",
            f"{_TURNS}test_key_that_is_refused_altogether_pauses_every_look",
        ),
    ),
    # What had ended.
    Mutant(
        name="one failed look ends a revival",
        file=TRACKER,
        before='sleeps = production.is_terminal and (kind == "missing" or failed > LIFE_LOOKS)',
        after="sleeps = production.is_terminal",
        why="A job that an operator revived would run on unseen.",
        tests=(f"{_TRACKER}test_revival_is_found_although_the_first_look_after_the_webhook_fails",),
    ),
    Mutant(
        name="an ended production is looked at for ever",
        file=TRACKER,
        before='sleeps = production.is_terminal and (kind == "missing" or failed > LIFE_LOOKS)',
        after="sleeps = production.is_terminal and failed < 0",
        why="Each dead job would cost requests for ever.",
        tests=(
            f"{_TRACKER}test_ended_production_that_cannot_be_looked_at_goes_back_to_sleep",
            f"{_TRACKER}test_ended_production_whose_job_is_gone_is_looked_at_once",
        ),
    ),
    Mutant(
        name="going to sleep keeps the count",
        file=TRACKER,
        before="        if sleeps:\n            self._release(claim)\n",
        after="        if sleeps:\n            self._release(claim, quiet_looks=failed)\n",
        why="The next webhook would have one look instead of eight.",
        tests=(f"{_TRACKER}test_ended_production_that_cannot_be_looked_at_goes_back_to_sleep",),
    ),
    Mutant(
        name="a revival waits for files",
        file=LOOKER,
        before="        if files or production.is_terminal:",
        after="        if files:",
        why="A failed job that is suddenly ready would stay failed here.",
        tests=(f"{_TRACKER}test_revival_is_found_although_no_files_are_listed_yet",),
    ),
    Mutant(
        name="an unknown word has no meaning at the end",
        file="bot/tracker/signals.py",
        before="    State.COMPLETED: News.COMPLETED,\n}\n\n\ndef needs_files",
        after="}\n\n\ndef needs_files",
        why="Every webhook about a completed video would end in a traceback.",
        tests=(f"{_TRACKER}test_unknown_word_of_a_completed_production_is_no_trouble",),
    ),
    # Files.
    Mutant(
        name="patience never ends",
        file=LOOKER,
        before="if stays_in_review or self._clock() - since_at < patience:",
        after="if stays_in_review or self._clock() >= since_at:",
        why="A video that was published long ago would never be completed here.",
        tests=(f"{_TURNS}test_published_without_files_completes_after_patience",),
    ),
    Mutant(
        name="an empty list takes files away",
        file=LOOKER,
        before="            return replace(signal, deliverables=production.deliverables)",
        after="            return replace(signal, deliverables=())",
        why="Links that people have would stop working.",
        tests=(f"{_TRACKER}test_files_that_were_seen_are_kept_when_the_last_list_is_empty",),
    ),
    Mutant(
        name="a list that fails is an outage",
        file=LOOKER,
        before="        if error.retry_after_s is not None:\n            raise",
        after="        if error.text:\n            raise",
        why="The review would never begin, and the card would speak of an outage.",
        tests=(f"{_TURNS}test_review_begins_although_the_files_cannot_be_listed",),
    ),
    Mutant(
        name="collecting keeps the old trouble",
        file=MACHINE,
        before="        problem=None,\n"
        "        provider_word=signal.word or production.provider_word,\n"
        "    )\n\n\ndef _copying",
        after="        problem=production.problem,\n"
        "        provider_word=signal.word or production.provider_word,\n"
        "    )\n\n\ndef _copying",
        why="The card would speak of an outage that is over.",
        tests=(f"{_TURNS}test_card_stops_speaking_of_an_outage_while_files_are_collected",),
    ),
    Mutant(
        name="late files are never seen",
        file="bot/tracker/signals.py",
        before="has_new_hints = production.hints > production.listed_at_hints",
        after="has_new_hints = production.hints < production.listed_at_hints",
        why="Captions that come after the film would not be on the card.",
        tests=(f"{_TURNS}test_files_that_come_after_the_review_began_appear_on_the_card",),
    ),
    # The form.
    Mutant(
        name="choices that are not remembered undo the wish",
        file="bot/habits.py",
        before="        except StorageError:\n            # The wish itself",
        after="        except ArithmeticError:\n            # The wish itself",
        why="People would be told that nothing was recorded, and send it again.",
        tests=(f"{_TURNS}test_choices_that_cannot_be_remembered_are_nobodys_business",),
    ),
)
