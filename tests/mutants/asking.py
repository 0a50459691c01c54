"""Breakages of how services are asked: the paid call, keys, addresses, budgets, webhooks, looks."""

from tests.mutants.mutant import Mutant

_SCENARIO = "tests/scenario/"
HTTP = "bot/providers/http.py"
PROVIDER = "bot/providers/jarai/provider.py"
COUNTED = "bot/providers/counted.py"
TRACKER = "bot/tracker/loop.py"
LOOKER = "bot/tracker/looker.py"
_TRANSPORT = "tests/faults/test_transport.py::"
_NARAKEET = "tests/contract/test_provider_narakeet.py::"
_BAD_DAYS = "tests/contract/test_provider_bad_days.py::"
_PROVIDER_TESTS = "tests/unit/providers/jarai/test_provider.py::"
_LIMITS = "tests/unit/providers/jarai/test_provider_limits.py::"
_WEBHOOK_TESTS = "tests/unit/providers/jarai/test_webhooks.py::"

ASKING = (
    # The paid call.
    Mutant(
        name="a timeout counts as not sent",
        file=HTTP,
        before="""        errors=(TimeoutError, httpx.TimeoutException),
        submit=Outcome.UNCERTAIN,""",
        after="""        errors=(TimeoutError, httpx.TimeoutException),
        submit=Outcome.NOT_SENT,""",
        why="A slow service would be paid twice.",
        tests=(f"{_TRANSPORT}test_a_submit_whose_answer_is_lost_is_uncertain_and_sent_once",),
    ),
    Mutant(
        name="a dropped connection counts as not sent",
        file=HTTP,
        before="""httpx.StreamError, aiohttp.ClientError, OSError, UnicodeError),
        submit=Outcome.UNCERTAIN,""",
        after="""httpx.StreamError, aiohttp.ClientError, OSError, UnicodeError),
        submit=Outcome.NOT_SENT,""",
        why="An answer lost on the way would be paid for again.",
        tests=(
            f"{_SCENARIO}test_unknown.py::test_unknown_outcome_is_posted_exactly_once[drops after]",
        ),
    ),
    Mutant(
        name="paid calls reuse connections",
        file=HTTP,
        before="max_keepalive_connections=0",
        after="max_keepalive_connections=100",
        why="A stale connection would make every submission after a pause unknown.",
        tests=(f"{_TRANSPORT}test_a_submit_never_travels_on_a_used_connection",),
    ),
    Mutant(
        name="an unreadable success counts as refused",
        file=COUNTED,
        before="                return self._uncertain(error.code, error.text, error.correlation_id)",
        after="                return Refused(failure=Failure(code=error.code, text=error.text))",
        why="People would be told to ask again for what is being made.",
        tests=(f"{_PROVIDER_TESTS}test_a_submits_answer_is_classified_and_sent_once",),
    ),
    Mutant(
        name="a dead submission counts as not sent",
        file="bot/tracker/submitter.py",
        before="Signal(kind=News.UNCERTAIN, failure=failure)",
        after="Signal(kind=News.NOT_SENT, failure=failure)",
        why="A crash during the paid call would be paid for again.",
        tests=(f"{_SCENARIO}test_races.py::test_submission_that_nobody_finished_is_unknown",),
    ),
    Mutant(
        name="stopping waits for nothing",
        file=TRACKER,
        before="        await self._finish(name)\n\n    async def _turn",
        after="\n    async def _turn",
        why="Each deployment would leave submissions of unknown outcome.",
        tests=("tests/faults/test_kill.py::test_told_to_stop_it_finishes_the_submission",),
    ),
    # Where keys and people are sent.
    Mutant(
        name="the key goes anywhere",
        file=HTTP,
        before="self._key is not None and is_ours:",
        after="self._key is not None and (is_ours or is_loopback(url)):",
        why="A service's answer could lead our key to a stranger.",
        tests=(f"{_TRANSPORT}test_the_key_goes_to_the_configured_origin_only",),
    ),
    Mutant(
        name="a foreign Location is followed",
        file=PROVIDER,
        before="is_ours = is_same_origin(location, self._paths.base_url)",
        after="is_ours = bool(location)",
        why="Looks would go wherever an answer points.",
        tests=(f"{_PROVIDER_TESTS}test_any_other_location_is_ignored",),
    ),
    Mutant(
        name="redirects are followed",
        file=HTTP,
        before="            timeout=_parts(timeouts.submit_s),\n"
        "            trust_env=uses_proxy,\n"
        "            follow_redirects=False,",
        after="            timeout=_parts(timeouts.submit_s),\n"
        "            trust_env=uses_proxy,\n"
        "            follow_redirects=True,",
        why="A paid call would be made a second time, elsewhere.",
        tests=(f"{_TRANSPORT}test_redirects_are_not_followed",),
    ),
    Mutant(
        name="looks that cost nothing are held with the rest",
        file="bot/providers/narakeet/calls.py",
        before="                counts_looks=False,  # The storage answers them.\n",
        after="",
        why="On a busy day nobody would learn that a video is done before its links die.",
        tests=(f"{_NARAKEET}test_the_days_requests_are_kept_and_looks_are_none_of_them",),
    ),
    Mutant(
        name="a look whose connection broke is asked again",
        file="bot/providers/guarded.py",
        before="trace_configs=[_asked_once()]",
        after="trace_configs=[]",
        why="The service would count two requests where we count one.",
        tests=(f"{_TRANSPORT}test_a_look_whose_answer_is_lost_is_unavailable",),
    ),
    Mutant(
        name="a limit of our own lets one request a minute through",
        file="bot/providers/techforge/calls.py",
        before="                is_certain=True,  # No answer will ever say more.\n",
        after="",
        why="Whoever sets a limit for the day would find it exceeded by evening.",
        tests=(f"{_BAD_DAYS}test_requests_beyond_what_we_allow_ourselves_are_not_made",),
    ),
    Mutant(
        name="foreign texts are kept as they come",
        file="bot/providers/reading.py",
        before='return cut(_UNPRINTABLE.sub("\\N{REPLACEMENT CHARACTER}", text), limit)',
        after="return cut(text, limit)",
        why="One character would make a row impossible to save, and its job impossible to follow.",
        tests=(
            "tests/contract/test_provider_fields.py::test_no_field_of_an_answer_breaks_its_reader",
        ),
    ),
    Mutant(
        name="an answer that was cut is read",
        file="bot/providers/counted.py",
        before="        if not reply.is_whole:\n            raise self.unreadable(",
        after="        if reply.is_whole is None:\n            raise self.unreadable(",
        why="Half a list of files would be taken for all of them.",
        tests=(f"{_BAD_DAYS}test_an_answer_without_end_is_cut_and_not_read",),
    ),
    Mutant(
        name="private addresses pass",
        file="bot/core/addresses.py",
        before="if address is not None and not _is_public(address):",
        after="if address is not None and address.is_multicast:",
        why="A link could make people's browsers call into their own network.",
        tests=("tests/unit/core/test_addresses.py",),
    ),
    Mutant(
        name="answers have no end",
        file=HTTP,
        before="            if len(body) > self._max_bytes:\n                break",
        after="            if not chunk:\n                break",
        why="One answer could fill the memory.",
        tests=(f"{_TRANSPORT}test_a_body_that_does_not_end_is_cut_at_the_cap",),
    ),
    # Budgets and links.
    Mutant(
        name="a 429 is not waited out",
        file=COUNTED,
        before="            self.budget.pause(error.retry_after_s)",
        after="            self.budget.pause(0.0)",
        why="A service that asks for a pause would be asked on.",
        tests=(f"{_LIMITS}test_a_429_on_a_look_pauses_until_its_moment",),
    ),
    Mutant(
        name="the last requests of the minute are used up",
        file="bot/providers/budget.py",
        before="headers.remaining <= LEFT_ALONE",
        after="headers.remaining < 0",
        why="Other users of the key would be locked out.",
        tests=(
            "tests/unit/providers/test_budget.py::test_looks_stop_when_the_service_says_two_are_left",
        ),
    ),
    Mutant(
        name="dead links are handed out",
        file="bot/providers/jarai/links.py",
        before="return link if self._clock() + margin < link.expires_at else None",
        after="return link",
        why="A download would end in an error an hour after the first click.",
        tests=("tests/unit/providers/jarai/test_links.py::test_a_dead_link_is_not_handed_out",),
    ),
    # Webhooks.
    Mutant(
        name="webhooks are believed unsigned",
        file="bot/providers/jarai/webhooks.py",
        before="    verify_sha256(headers.get(SIGNATURE_HEADER), body, keys=_keys(secrets))\n",
        after="    _keys(secrets)\n",
        why="Anybody could make us look, and use up the budget.",
        tests=(f"{_WEBHOOK_TESTS}test_a_missing_signature_is_not_believed",),
    ),
    Mutant(
        name="any signature fits",
        file="bot/providers/signing.py",
        before="    if not any(fits):",
        after="    if not fits:",
        why="Anybody could make us look, and use up the budget.",
        tests=(
            f"{_WEBHOOK_TESTS}test_a_signature_with_the_undecoded_secret_is_not_believed",
            "tests/unit/providers/test_signing.py::test_the_body_counts_to_the_byte",
        ),
    ),
    Mutant(
        name="webhooks of any age are believed",
        file="bot/providers/jarai/webhooks.py",
        before="if not -settings.webhook_ahead_s <= age_s <= settings.webhook_age_s:",
        after="if not -settings.webhook_ahead_s <= age_s:",
        why="What was recorded once could be sent again for ever.",
        tests=(f"{_WEBHOOK_TESTS}test_a_webhook_from_another_time_is_not_believed",),
    ),
    # Looks.
    Mutant(
        name="review without files",
        file="bot/tracker/signals.py",
        before="return target is not production.state or not production.deliverables",
        after="return target is production.state",
        why="People would be asked to approve what they cannot watch.",
        tests=(f"{_SCENARIO}test_bad_jarai.py::test_review_waits_for_its_files",),
    ),
    Mutant(
        name="no patience with files",
        file=LOOKER,
        before="if stays_in_review or self._clock() - since_at < patience:",
        after="if stays_in_review:",
        why="People would be asked to approve what they cannot watch yet.",
        tests=(f"{_SCENARIO}test_bad_jarai.py::test_review_waits_for_its_files",),
    ),
    Mutant(
        name="a cancel is sent at every look",
        file=LOOKER,
        before="return pending is not None and pending.sent_at is None",
        after="return pending is not None",
        why="One click would cost a request every few seconds.",
        tests=(f"{_SCENARIO}test_few_requests.py::test_cancel_is_asked_for_once",),
    ),
    Mutant(
        name="a cancel is never sent",
        file=LOOKER,
        before="            await provider.cancel(job)\n",
        after="            await provider.observe(job)\n",
        why="People would read that it is being cancelled, and pay for it.",
        tests=(f"{_SCENARIO}test_few_requests.py::test_cancel_is_asked_for_once",),
    ),
)
