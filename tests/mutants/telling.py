"""Breakages of what people meet: the web's doors, forms, clicks, and the messages they get."""

from tests.mutants.mutant import Mutant

_SCENARIO = "tests/scenario/"
_NARAKEET = f"{_SCENARIO}test_narakeet.py::"
_NARAKEET_FORMS = f"{_SCENARIO}test_narakeet_forms.py::"
NOTIFIER = "bot/notifier/loop.py"
PAYING = "bot/notifier/paying.py"
SLACK_DOOR = "bot/web/slack.py"
REQUESTS = "bot/slack/listeners/requests.py"
_KILL = "tests/faults/test_kill.py::"

TELLING = (
    # Doors.
    Mutant(
        name="readers who have left are counted for ever",
        file="bot/web/copies.py",
        before="                self.on_end()",
        after="                pass",
        why="After a few downloads nobody would get a file any more.",
        tests=("tests/unit/web/test_copies.py::test_reader_who_leaves_makes_room",),
    ),
    Mutant(
        name="Slack is believed unsigned",
        file=SLACK_DOOR,
        before="if not self._is_signed(request, body):",
        after="if not body:",
        why="Anybody could approve a video.",
        tests=(f"{_SCENARIO}test_hostile_bytes.py::test_unsigned_requests_are_refused",),
    ),
    Mutant(
        name="a malformed signature is believed",
        file=SLACK_DOOR,
        before="""            # and a body that is not UTF-8, where it should say no.
            return False""",
        after="""            # and a body that is not UTF-8, where it should say no.
            return True""",
        why="Anybody could approve a video, by a timestamp that is no number.",
        tests=(f"{_SCENARIO}test_hostile_bytes.py::test_unsigned_requests_are_refused",),
    ),
    Mutant(
        name="old signatures are believed",
        file=SLACK_DOOR,
        before="return bool(self._verifier.is_valid(body, timestamp, signature))",
        after=(
            "return bool(self._verifier.generate_signature("
            "timestamp=str(int(timestamp)), body=body) == signature)"
        ),
        why="A click that was recorded once could be sent again for ever.",
        tests=(f"{_SCENARIO}test_hostile_bytes.py::test_old_signature_is_refused",),
    ),
    Mutant(
        name="bodies have no end",
        file="bot/web/body.py",
        before="if size > max_bytes:",
        after="if size < 0:",
        why="One request could fill the memory.",
        tests=(f"{_SCENARIO}test_hostile_bytes.py::test_bodies_without_end_are_refused",),
    ),
    Mutant(
        name="figures for everybody behind a proxy",
        file="bot/web/health.py",
        before="if request.client is None or not _OF_PROXIES.isdisjoint(request.headers.keys()):",
        after="if request.client is None:",
        why="The world could read how many productions there are.",
        tests=(f"{_SCENARIO}test_closed_doors.py::test_figures_are_for_this_machine_only",),
    ),
    # Forms and clicks.
    Mutant(
        name="the service is asked before the form opens",
        file="bot/slack/listeners/opening.py",
        before="        answer = await client.views_open(trigger_id=opening.trigger_id, view=view)",
        after="        await opening.provider.form()\n"
        "        answer = await client.views_open(trigger_id=opening.trigger_id, view=view)",
        why="The trigger would die while a slow service answers, and no form would open.",
        tests=(f"{_SCENARIO}test_form.py::test_form_opens_when_the_service_is_gone",),
    ),
    Mutant(
        name="acked after the look-up",
        file="bot/slack/listeners/decisions.py",
        before="""        await ack()
        async with self._desk.answering(client, body):
            click = read_click(body)
            await self._desk.current(click)
            person = await self._desk.person(click.asker.user_id)
""",
        after="""        async with self._desk.answering(client, body):
            click = read_click(body)
            await self._desk.current(click)
            person = await self._desk.person(click.asker.user_id)
            await ack()
""",
        why="While Slack is slow, people would read that their click failed.",
        tests=(f"{_SCENARIO}test_races.py::test_click_is_acked_before_anybody_is_looked_up",),
    ),
    Mutant(
        name="what a service finds wrong with a form is not asked",
        file=REQUESTS,
        before="        if not found:",
        after="        if wish.answers:",
        why="Each slip would be a failed production that wakes people on call.",
        tests=(f"{_NARAKEET_FORMS}test_what_cannot_be_ordered_is_said_under_its_field",),
    ),
    Mutant(
        name="on-call are woken for what only the requester can mend",
        file="bot/slack/views/thread.py",
        before="who = told.requester if is_of_form else",
        after="who = told.requester if not is_of_form else",
        why="People would stop reading what the bot says at night.",
        tests=(f"{_NARAKEET_FORMS}test_a_file_that_holds_no_text_calls_nobody_but_the_requester",),
    ),
    Mutant(
        name="files of another workspace's video are used again",
        file="bot/slack/listeners/earlier.py",
        before="    if not is_ours or not desk.workspace.reads_files:",
        after="    if not desk.workspace.reads_files:",
        why="A form that names somebody else's video would send their files.",
        tests=(
            "tests/unit/slack/test_earlier.py::test_files_that_are_not_for_this_form_are_not_used",
        ),
    ),
    Mutant(
        name="files of last time are dropped in silence",
        file="bot/slack/forms.py",
        before="    files = files or [_taken(one, field) for one in earlier]",
        after="    files = files or []",
        why="Again with changes would order a video without its pictures.",
        tests=(f"{_NARAKEET_FORMS}test_again_uses_the_files_of_last_time",),
    ),
    Mutant(
        name="each sending of a form is another production",
        file=REQUESTS,
        before="    return key\n",
        after="    return str(id(view))\n",
        why="Whoever saw an error and pressed Send again would pay twice.",
        tests=(f"{_KILL}test_recorded_but_not_acked_goes_on",),
    ),
    Mutant(
        name="a slow search refuses what was chosen",
        file=REQUESTS,
        before="            known = (choice,)\n",
        after="            known = ()\n",
        why="While a service is slow, people would read that their choice is gone.",
        tests=(
            (
                f"{_SCENARIO}test_fields.py::"
                "test_search_that_takes_too_long_refuses_nothing_that_was_chosen"
            ),
        ),
    ),
    Mutant(
        name="people are let in when Slack fails",
        file="bot/slack/people.py",
        before="""            log.warning("person_not_looked_up", error=type(error).__name__)
            return None""",
        after="""            log.warning("person_not_looked_up", error=type(error).__name__)
            return Person(user_id=user_id, team_id=team_id)""",
        why="A guest could approve while Slack is down.",
        tests=(
            "tests/unit/slack/test_people.py::test_any_error_fails_closed_and_is_not_kept",
            f"{_SCENARIO}test_review.py::test_nobody_may_decide_while_slack_does_not_say_who_they_are",
        ),
    ),
    Mutant(
        name="user text is not escaped",
        file="bot/slack/views/parts.py",
        before='return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")',
        after='return text.replace("&", "&amp;")',
        why="A topic could mention the whole channel.",
        tests=(
            "tests/unit/slack/test_card.py::test_hostile_topic_is_shown_and_does_nothing",
            "tests/unit/slack/test_thread.py::test_hostile_words_do_nothing",
        ),
    ),
    Mutant(
        name="marks of others format our text",
        file="bot/slack/views/parts.py",
        before="return _MARK.sub(lambda found: _LOOK_ALIKES[found[0]], escape(text))",
        after="return escape(text)",
        why="A topic in stars would turn half a reply bold.",
        tests=("tests/unit/slack/test_parts.py::test_marks_of_others_format_nothing",),
    ),
    Mutant(
        name="linking is offered where nothing can be looked up",
        file="bot/slack/views/buttons.py",
        before="*([link] if face.capabilities.finds_by_id else []),",
        after="link,",
        why="Somebody would look for an id that leads nowhere, while a paid video waits.",
        tests=(
            f"{_SCENARIO}test_narakeet.py::test_what_cannot_be_looked_up_is_not_offered_for_linking",
        ),
    ),
    Mutant(
        name="buttons stay after the decision",
        file="bot/slack/views/buttons.py",
        before="""    if production.decision is not None:
        return _decided(production, face)""",
        after="""    if production.decision is None:
        return _decided(production, face)""",
        why="People would be offered what is decided.",
        tests=("tests/unit/slack/test_card.py::test_buttons_are_those_that_make_sense_now",),
    ),
    # Messages.
    Mutant(
        name="read before marked as sending",
        file=PAYING,
        before="""        for row in batch.rows:
            await self._store.mark_sending(row.id, lane.token, at=self._clock())
        # Read after marking: what changes from here on owes a message of its own.
        production = await self.load(batch.rows)
""",
        after="""        production = await self.load(batch.rows)
        for row in batch.rows:
            await self._store.mark_sending(row.id, lane.token, at=self._clock())
""",
        why="A change just before an edit would never be shown.",
        tests=(
            f"{_SCENARIO}test_races.py::test_card_shows_what_changed_while_it_was_about_to_be_edited",
        ),
    ),
    Mutant(
        name="Slack's wait is forgotten",
        file=PAYING,
        before="        return outcome.retry_after_s\n",
        after="        return 1.0\n",
        why="Slack would be called on while it asks for a pause.",
        tests=(
            f"{_SCENARIO}test_bad_slack.py::test_rate_limited_post_waits_as_long_as_slack_says",
        ),
    ),
    Mutant(
        name="a post of unknown outcome is sent again",
        file=PAYING,
        before="        if not isinstance(outcome, Unknown):",
        after="        if first.route is not Route.ALERT:",
        why="A card would stand in the channel twice.",
        tests=(
            f"{_SCENARIO}test_bad_slack.py::test_card_of_unknown_fate_is_looked_for_and_never_doubled[drops after]",
        ),
    ),
    Mutant(
        name="what is found is sent again",
        file=NOTIFIER,
        before="        if found is None:",
        after="        if found is not None:",
        why="After a crash the same reply would stand in the thread twice.",
        tests=(
            f"{_SCENARIO}test_bad_slack.py::test_reply_of_unknown_fate_is_looked_for_and_never_doubled[drop_after]",
            f"{_KILL}test_card_that_slack_took_is_found_again",
        ),
    ),
    Mutant(
        name="every reply is shown in the channel",
        file=PAYING,
        before="broadcasts=is_reply and any(row.kind in BROADCAST for row in batch.rows),",
        after="broadcasts=is_reply,",
        why="A channel would fill up with what concerns one person.",
        tests=(
            f"{_SCENARIO}test_story.py::test_completed_is_shown_in_the_channel_and_mentions_who_asked",
        ),
    ),
    Mutant(
        name="no other way to people",
        file=PAYING,
        before="        elif first.route is Route.REPLY:",
        after="        elif first.route is Route.ALERT:",
        why="When a channel is archived nobody would learn that a video failed.",
        tests=(
            f"{_SCENARIO}test_bad_slack.py::test_production_goes_on_without_its_channel[archived]",
        ),
    ),
    Mutant(
        name="a refused card tells nobody",
        file=PAYING,
        before="            await self._productions.card_refused(production.id, word=outcome.word)",
        after="            log.info('card_was_refused', word=outcome.word)",
        why="A request would vanish without a word.",
        tests=(f"{_SCENARIO}test_form.py::test_card_that_cannot_be_posted_sends_nothing",),
    ),
    Mutant(
        name="a picture that cannot be fetched costs the card",
        file="bot/notifier/messenger.py",
        before="return [*pictured, {}]",
        after="return [{}]",
        why="For want of a picture a card would lose its buttons.",
        tests=(
            f"{_SCENARIO}test_posters.py::test_picture_that_slack_cannot_fetch_costs_the_picture_alone",
        ),
    ),
    Mutant(
        name="a picture that takes Slack too long is sent for ever",
        file=PAYING,
        before="if batch.unknowns < tries or",
        after="if batch.unknowns < 99 or",
        why="Its card would stand still.",
        tests=(
            f"{_SCENARIO}test_posters.py::test_picture_that_takes_slack_too_long_costs_the_picture_alone[nothing done]",
        ),
    ),
    Mutant(
        name="blind repeats have no end",
        file=PAYING,
        before="later_s = blind_rest_s(row.unknowns)",
        after="later_s = blind_rest_s(0)",
        why="Without the history scope a reply would ping people over and over.",
        tests=(
            f"{_SCENARIO}test_posters.py::test_without_the_history_scope_a_reply_repeats_ever_more_slowly",
        ),
    ),
    Mutant(
        name="posters are drawn before they are kept",
        file="bot/slack/views/files.py",
        before="return deliverable.has_copy(CopyState.KEPT) or not face.capabilities.links_die",
        after="return True",
        why="Slack would refuse every card whose poster's link has died.",
        tests=("tests/unit/slack/test_poster.py::test_where_links_die_only_our_own_copy_is_drawn",),
    ),
    Mutant(
        name="what a video cost is forgotten",
        file="bot/tracker/looker.py",
        before="            cost=seen.cost,\n",
        after="",
        why="The form promises that it is known when it is done.",
        tests=(
            (
                f"{_SCENARIO}test_techforge.py::"
                "test_what_is_finished_waits_at_the_gate_and_its_links_outlive_techforges"
            ),
        ),
    ),
    Mutant(
        name="cards of before PUBLIC_URL never heal",
        file="bot/slack/listeners/lookups.py",
        before="        if address is not None:\n",
        after="        if address is None:\n",
        why="Their files could not be had by anybody.",
        tests=(f"{_SCENARIO}test_copies.py::test_copy_is_handed_out_once_there_is_an_address",),
    ),
    Mutant(
        name="cards name too early a day for their files",
        file="bot/slack/views/outcome.py",
        before="max([production.state_since_at, *kept_at])",
        after="production.state_since_at",
        why="Copies that came later go later, and the card would name a day too early.",
        tests=("tests/unit/slack/test_outcome.py::test_card_says_until_when_files_are_kept",),
    ),
    Mutant(
        name="messages cannot be recognised",
        file="bot/notifier/messenger.py",
        before='payload = {"notice_ids": list(notice_ids), "production_id": production_id}',
        after='payload = {"notice_ids": list(notice_ids)[1:], "production_id": production_id}',
        why="What was sent before a crash could not be found again, and would repeat.",
        tests=(
            f"{_SCENARIO}test_bad_slack.py::test_card_of_unknown_fate_is_looked_for_and_never_doubled[drops after]",
        ),
    ),
    Mutant(
        name="people are asked to watch what is lost",
        file="bot/slack/views/words.py",
        before="    if is_lost(production, face):\n        return (\n            f\"can't be reviewed",
        after="    if not production.id:\n        return (\n            f\"can't be reviewed",
        why="Somebody would look for a video that nobody has any more.",
        tests=(f"{_NARAKEET}test_files_whose_links_died_for_good_are_said_to_be_lost",),
    ),
)
