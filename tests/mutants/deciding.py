"""Breakages of what is decided: the lifecycle, who may do what, who is told, and when to look."""

from tests.mutants.mutant import Mutant

_SCENARIO = "tests/scenario/"
_TECHFORGE = f"{_SCENARIO}test_techforge.py::"
MACHINE = "bot/core/machine.py"
ROUNDS = "bot/core/rounds.py"
TRANSITIONS = "bot/core/transitions.py"
PRODUCTIONS = "bot/productions.py"
_MACHINE_TESTS = "tests/unit/core/test_machine.py::"
_APPROVAL = "tests/unit/core/test_approval.py::test_only_full_members_of_this_workspace_may_act"
_SCHEDULE = "tests/unit/core/test_schedule.py::"

DECIDING = (
    # The table.
    Mutant(
        name="uncertain becomes requested",
        file=TRANSITIONS,
        before="(S.SUBMITTING, N.UNCERTAIN): S.SUBMISSION_UNKNOWN,",
        after="(S.SUBMITTING, N.UNCERTAIN): S.REQUESTED,",
        why="A submission that may have arrived would be paid for again.",
        tests=(
            f"{_SCENARIO}test_unknown.py::test_unknown_outcome_is_posted_exactly_once[drops after]",
        ),
    ),
    Mutant(
        name="not sent becomes failed",
        file=TRANSITIONS,
        before="(S.SUBMITTING, N.NOT_SENT): S.REQUESTED,",
        after="(S.SUBMITTING, N.NOT_SENT): S.FAILED,",
        why="A moment without network would need a person.",
        tests=(f"{_SCENARIO}test_unknown.py::test_service_that_cannot_be_reached_is_tried_again",),
    ),
    Mutant(
        name="refusal becomes unknown",
        file=TRANSITIONS,
        before="(S.SUBMITTING, N.REFUSED): S.FAILED,",
        after="(S.SUBMITTING, N.REFUSED): S.SUBMISSION_UNKNOWN,",
        why="People would be asked about something the service has plainly refused.",
        tests=(
            f"{_SCENARIO}test_bad_jarai.py::test_refused_submission_says_that_nothing_was_made",
        ),
    ),
    Mutant(
        name="giving up fails",
        file=TRANSITIONS,
        before="(S.SUBMISSION_UNKNOWN, C.GIVE_UP): S.CANCELLED,",
        after="(S.SUBMISSION_UNKNOWN, C.GIVE_UP): S.FAILED,",
        why="What a person ended would be reported as a failure.",
        tests=(f"{_MACHINE_TESTS}test_giving_up_ends_it_with_a_name",),
    ),
    Mutant(
        name="the failed stay dead",
        file=TRANSITIONS,
        before="""        for state in (S.FAILED, S.CANCELLED, S.REJECTED)
        for news in (N.QUEUED, N.PRODUCING, N.AWAITING_APPROVAL,""",
        after="""        for state in (S.CANCELLED, S.REJECTED)
        for news in (N.QUEUED, N.PRODUCING, N.AWAITING_APPROVAL,""",
        why="A job that an operator revived would run on unseen.",
        tests=(f"{_MACHINE_TESTS}test_news_of_life_reopens_what_had_ended",),
    ),
    Mutant(
        name="stale news moves the state",
        file=MACHINE,
        before="    return TABLE.get((production.state, signal.kind))\n\n\ndef _enter",
        after=(
            "    return TABLE.get((production.state, signal.kind)) or LOOKS.get(signal.kind)"
            "  # type: ignore[arg-type]\n\n\ndef _enter"
        ),
        why="News that comes too late would take a production back.",
        tests=(f"{_MACHINE_TESTS}test_stale_news_changes_no_state_and_never_raises",),
    ),
    # What is checked before a command.
    Mutant(
        name="a second decision is taken",
        file=MACHINE,
        before="if signal.kind in {C.APPROVE, C.REJECT} and decision is not None:",
        after="if signal.kind is C.REJECT and decision is not None:",
        why="Two people at once would both win.",
        tests=(f"{_SCENARIO}test_review.py::test_second_approval_tells_the_clicker_only",),
    ),
    Mutant(
        name="old buttons work",
        file=ROUNDS,
        before="if attempt not in {None, production.attempt.number}:",
        after="if attempt is not None and attempt > production.attempt.number:",
        why="A click on v1 would act on v2.",
        tests=(f"{_MACHINE_TESTS}test_a_click_on_an_old_attempt_is_superseded",),
    ),
    Mutant(
        name="a service that is off is commanded",
        file=PRODUCTIONS,
        before="if able.is_off and (production.state, command) not in WITHOUT_SERVICE:",
        after="if False and WITHOUT_SERVICE:",
        why="An approval would end a production of which nobody knows who has the last word.",
        tests=("tests/unit/test_switched_off.py::test_nothing_else_can_be_done",),
    ),
    Mutant(
        name="what waits for a decision can be cancelled while its service is off",
        file=TRANSITIONS,
        before="{(S.REQUESTED, C.CANCEL), (S.SUBMISSION_UNKNOWN, C.GIVE_UP)}",
        after="{(S.AWAITING_APPROVAL, C.CANCEL), (S.SUBMISSION_UNKNOWN, C.GIVE_UP)}",
        why="Its job would go on and be charged, and nobody would follow it.",
        tests=("tests/unit/test_switched_off.py::test_nothing_else_can_be_done",),
    ),
    Mutant(
        name="a click counts again",
        file=ROUNDS,
        before="if round_number not in {None, production.round_number}:",
        after="if round_number is not None and round_number > production.round_number:",
        why="A click delivered twice would pay for a retry in place twice.",
        tests=(
            f"{_TECHFORGE}test_a_click_that_comes_again_after_another_failure_pays_nothing",
            f"{_TECHFORGE}test_submit_again_that_comes_again_pays_nothing",
        ),
    ),
    Mutant(
        name="a retry begins no round",
        file=ROUNDS,
        before="    is_revived = before.is_terminal and target not in TERMINAL",
        after="    is_revived = False",
        why="A click delivered twice would pay for a retry in place twice.",
        tests=(f"{_TECHFORGE}test_a_click_that_comes_again_after_another_failure_pays_nothing",),
    ),
    Mutant(
        name="a button of before rounds pays",
        file=MACHINE,
        before="    if signal.in_place and signal.round_number is None:",
        after="    if False:",
        why="Nothing tells whether such a button has been pressed before.",
        tests=(
            f"{_TECHFORGE}test_retry_on_a_card_of_before_rounds_pays_nothing_and_says_where_to_press",
        ),
    ),
    Mutant(
        name="approval without files",
        file=MACHINE,
        before="if signal.kind is C.APPROVE and not can_be_watched(",
        after="if signal.kind is C.RETRY and not can_be_watched(",
        why="People could approve what they cannot watch.",
        tests=(f"{_MACHINE_TESTS}test_nobody_approves_what_cannot_be_watched",),
    ),
    Mutant(
        name="a cancel is asked for twice",
        file=MACHINE,
        before="if signal.kind is C.CANCEL and pending is not None:",
        after="if signal.kind is C.RETRY and pending is not None:",
        why="The second person would not learn that somebody asked before.",
        tests=(f"{_MACHINE_TESTS}test_cancel_of_a_running_job_waits_for_the_service",),
    ),
    Mutant(
        name="a cancel during submission is forgotten",
        file=MACHINE,
        before="if signal.kind in {N.NOT_SENT, N.DELAYED} and production.pending_cancel is not None:",
        after="if signal.kind is N.REFUSED and production.pending_cancel is not None:",
        why="A cancelled request would be sent, and paid for, at the next try.",
        tests=(f"{_MACHINE_TESTS}test_cancel_during_submission_holds_when_nothing_was_sent",),
    ),
    Mutant(
        name="a rerun keeps the decision",
        file=MACHINE,
        before="decision=None if target is S.PRODUCING else production.decision,",
        after="decision=production.decision,",
        why="A new cut would count as approved before anybody has seen it.",
        tests=(f"{_MACHINE_TESTS}test_a_rerun_drops_the_decision",),
    ),
    Mutant(
        name="the thread follows the card",
        file=MACHINE,
        before="thread_ts=production.thread_ts or signal.ts, card_ts=signal.ts",
        after="thread_ts=signal.ts, card_ts=signal.ts",
        why="A card that is posted anew would split the thread.",
        tests=(f"{_MACHINE_TESTS}test_the_thread_never_moves_but_the_card_may",),
    ),
    # Who may.
    Mutant(
        name="guests decide",
        file="bot/core/approval.py",
        before="Refusal.GUEST: person.is_guest,",
        after="Refusal.GUEST: False,",
        why="A guest could release a video.",
        tests=(_APPROVAL, f"{_SCENARIO}test_review.py::test_outsiders_are_refused_privately"),
    ),
    Mutant(
        name="strangers decide",
        file="bot/core/approval.py",
        before="Refusal.STRANGER: person.is_stranger or person.team_id != team_id,",
        after="Refusal.STRANGER: False,",
        why="Somebody of another company could release a video.",
        tests=(_APPROVAL,),
    ),
    Mutant(
        name="the policy is open when Slack is silent",
        file="bot/core/approval.py",
        before="    if person is None:\n        raise NotPermittedError(Refusal.UNKNOWN)\n",
        after='    if person is None:\n        return Person(user_id="", team_id=team_id)\n',
        why="Whoever cannot be looked up could do everything.",
        tests=(
            _APPROVAL,
            f"{_SCENARIO}test_review.py::test_nobody_may_decide_while_slack_does_not_say_who_they_are",
        ),
    ),
    Mutant(
        name="nobody checks a command",
        file=PRODUCTIONS,
        before="        check_may(command, person, policy=self._rules.policy, request=production.request)",
        after="        self._bells.ring_all()",
        why="A button that is seen could be pressed by anybody.",
        tests=(f"{_SCENARIO}test_review.py::test_outsiders_are_refused_privately",),
    ),
    # Who is told.
    Mutant(
        name="milestones are shown in the channel",
        file="bot/core/notices.py",
        before="BROADCAST = frozenset({Kind.COMPLETED, Kind.FAILED})",
        after="BROADCAST = frozenset({Kind.COMPLETED, Kind.FAILED, Kind.REVIEW})",
        why="A channel would fill up with what concerns one person.",
        tests=(
            f"{_SCENARIO}test_story.py::test_completed_is_shown_in_the_channel_and_mentions_who_asked",
        ),
    ),
    # When to look.
    Mutant(
        name="webhooks change no interval",
        file="bot/core/schedule.py",
        before="return max(base_s, pace.safety_s) if production.hints > 0 else base_s",
        after="return base_s",
        why="The daily request budget would be spent on looks that webhooks make needless.",
        tests=(
            f"{_SCHEDULE}test_webhooks_leave_only_the_safety_net",
            f"{_SCENARIO}test_few_requests.py::test_webhooks_leave_only_the_safety_net",
        ),
    ),
    Mutant(
        name="submitted before there is a thread",
        file="bot/core/schedule.py",
        before="return None if waits else now + timedelta(seconds=wait_s or 0.0)",
        after="return now + timedelta(seconds=wait_s or 0.0)",
        why="Something could be paid for that nobody is told of.",
        tests=(f"{_SCHEDULE}test_nothing_is_due_before_the_thread_exists",),
    ),
    Mutant(
        name="looks leave nothing for people",
        file="bot/core/budget.py",
        before="PEOPLE_SHARE = 0.2",
        after="PEOPLE_SHARE = 0.0",
        why="Forms and downloads would be refused while looks use up the budget.",
        tests=(
            "tests/unit/core/test_budget.py::test_a_fifth_is_kept_for_people",
            "tests/unit/providers/test_budget.py::test_a_fifth_is_left_for_people",
        ),
    ),
    # The use cases.
    Mutant(
        name="a lost compare-and-set submits all the same",
        file=PRODUCTIONS,
        before="return made.production if made.production.state is State.SUBMITTING else None",
        after="return made.production",
        why="What somebody cancelled at the last moment would be paid for.",
        tests=(f"{_SCENARIO}test_races.py::test_cancel_at_the_last_moment_stops_the_submission",),
    ),
    Mutant(
        name="the claim is let go before the paid call",
        file=PRODUCTIONS,
        before="hold = Hold(token=claim.token, until_at=until_at)\n",
        after="hold = Hold(token=claim.token)\n",
        why="Another worker would take the submission for a dead one while it is under way.",
        tests=(f"{_SCENARIO}test_unknown.py::test_service_that_cannot_be_reached_is_tried_again",),
    ),
    Mutant(
        name="the loser of a race gives up",
        file="bot/changes.py",
        before="                production = await self._store.load(production.id)\n                continue",
        after="                return Made(production=production, is_saved=False)",
        why="A click would be lost if a look was recorded at the same moment.",
        tests=(
            "tests/unit/test_changes.py::test_click_that_lost_a_race_is_recorded_all_the_same",
            "tests/unit/test_changes.py::test_loser_of_a_race_is_recorded_all_the_same",
        ),
    ),
    Mutant(
        name="webhooks are not waited for",
        file=PRODUCTIONS,
        before="due_at=now + timedelta(seconds=self._rules.debounce_s),",
        after="due_at=now,",
        why="Events that come together would each cost a request.",
        tests=(f"{_SCENARIO}test_few_requests.py::test_webhooks_in_a_row_cost_one_look",),
    ),
    Mutant(
        name="every step costs a look",
        file=PRODUCTIONS,
        before="looks=production is None,",
        after="looks=True,",
        why="Fifteen steps would cost fifteen requests of a hundred a day.",
        tests=(f"{_SCENARIO}test_webhooks.py::test_step_events_move_the_progress_without_a_look",),
    ),
    Mutant(
        name="revoked links work",
        file="bot/handout.py",
        before="if found.is_revoked:",
        after="if found.is_revoked and found.job is None:",
        why="A link could not be taken back.",
        tests=(f"{_SCENARIO}test_closed_doors.py::test_link_that_was_taken_back_leads_nowhere",),
    ),
)
