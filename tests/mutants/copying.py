"""Mutants of how files are copied, served and deleted."""

from tests.mutants.mutant import Mutant

_FETCH = "tests/faults/test_fetching.py::"
_COPIES = "tests/unit/test_copies.py::"
_GUARDED = "tests/faults/test_guarded.py::"
FETCHING = "bot/providers/fetching.py"
GUARDED = "bot/providers/guarded.py"

COPYING: tuple[Mutant, ...] = (
    Mutant(
        name="a file is patched together without proof",
        file=FETCHING,
        before="return has_proof and self.resumed < MOST_RESUMES",
        after="return self._body is not None and self.resumed < MOST_RESUMES",
        why="Two different files would become one.",
        tests=(f"{_FETCH}test_without_proof_nothing_is_patched_together",),
    ),
    Mutant(
        name="a listed length means nothing",
        file=FETCHING,
        before="        self._check_listed(self._received)\n",
        after="",
        why="A file that was cut would be kept as whole.",
        tests=(f"{_FETCH}test_what_may_be_truncated_is_not_taken",),
    ),
    Mutant(
        name="names may lead inside",
        file=GUARDED,
        before="if self.has_to_check(host) and not all(",
        after="if self.has_to_check(host) and not found and not all(",
        why="A link could make us read our own network.",
        tests=(
            f"{_FETCH}test_name_that_leads_into_a_private_network_is_never_asked",
            f"{_GUARDED}test_a_name_that_leads_into_a_private_network_is_not_followed",
        ),
    ),
    Mutant(
        name="a name is resolved again to connect",
        file=GUARDED,
        before='                addresses = list(dict.fromkeys(one["host"] for one in found))\n',
        after="                addresses = [host] if found else []\n",
        why="Its owner would answer the check with one address and the connection with another.",
        tests=(f"{_GUARDED}test_a_name_that_turns_after_the_check_gains_nothing",),
    ),
    Mutant(
        name="uploads resolve names by themselves",
        file=GUARDED,
        before="            network_backend=_GuardedNetwork(resolver),\n",
        after="",
        why="What people uploaded could be put into our own network.",
        tests=(f"{_GUARDED}test_a_name_that_leads_into_a_private_network_is_not_followed",),
    ),
    Mutant(
        name="a local name is fine everywhere",
        file=GUARDED,
        before="is_local = has_local_base and is_loopback(",
        after="is_local = is_loopback(",
        why="A service could send us to whatever listens beside the bot.",
        tests=(f"{_GUARDED}test_only_a_local_base_makes_local_names_good",),
    ),
    Mutant(
        name="only those who call look at addresses",
        file="bot/providers/http.py",
        before="        if not is_ours:\n            check_url(url, base=self._base_url)\n",
        after="",
        why="The next service's author would have to remember it.",
        tests=(f"{_GUARDED}test_an_address_that_shows_it_is_not_followed_either",),
    ),
    Mutant(
        name="nobody waits for copies",
        file="bot/tracker/looker.py",
        before="            if provider.capabilities.links_die:\n",
        after="            if provider.capabilities.links_die and production.is_late:\n",
        why="People would be told of files whose links die before they click.",
        tests=(f"{_COPIES}test_state_follows_once_every_file_is_kept",),
    ),
    Mutant(
        name="a lost file is nobody's news",
        file="bot/core/notices.py",
        before="has_ended = before.copying is not None and after.copying is None",
        after="has_ended = before.copying is None and after.copying is not None",
        why="A missing file would be found out by whoever needs it.",
        tests=(f"{_COPIES}test_file_that_is_gone_is_said_aloud",),
    ),
    Mutant(
        name="what is undecided is deleted",
        file="storage/copies.py",
        before="productions.c.state.in_([state.value for state in TERMINAL]),",
        after="productions.c.state.is_not(None),",
        why="People would be asked to approve what nobody can watch any more.",
        tests=("tests/contract/test_store_copies.py::test_copies_outlive_the_end_for_a_time",),
    ),
    Mutant(
        name="a changed copy is served",
        file="bot/handout.py",
        before="if await self._files.size(copy.file) != copy.size_bytes:",
        after="if await self._files.size(copy.file) is None:",
        why="A cut copy would be handed out as the file.",
        tests=("tests/unit/test_copies_kept.py::test_copy_is_what_people_get",),
    ),
    Mutant(
        name="a bucket's own setting is not passed on",
        file="storage/files.py",
        before='"allow_http": allows in {"1", "true", "yes", "on"}}',
        after='"allow_http": False}',
        why="A store in one's own network could not be used, whatever the operator sets.",
        tests=("tests/unit/storage/test_files.py::test_bucket_that_refuses_is_said_by_its_code",),
    ),
    Mutant(
        name="a full disk is the service's fault",
        file="bot/copies/loop.py",
        before='await self._put_off(claim, code="not_stored", at_last=NOT_STORED)',
        after='await self._put_off(claim, code="not_stored")',
        why="People would complain to the service while our own disk is full.",
        tests=(f"{_COPIES}test_store_that_stays_full_is_not_blamed_on_the_service",),
    ),
)
