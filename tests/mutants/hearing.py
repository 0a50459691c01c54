"""Breakages of Socket Mode and of the Home tab."""

from tests.mutants.mutant import Mutant

LINE = "bot/sockets/line.py"
SOCKETS = "bot/sockets/sockets.py"
HOME = "bot/slack/listeners/home.py"
_SOCKET_TESTS = "tests/unit/sockets/test_sockets.py::"
_SOCKET_STORY = "tests/scenario/test_socket_mode.py::"
_HOME_STORY = "tests/scenario/test_home.py::"

HEARING = (
    # Socket Mode.
    Mutant(
        name="an ack goes back the way it came or not at all",
        file=SOCKETS,
        before="for connection in (arrived_on, *self._connections()):",
        after="for connection in (arrived_on,):",
        why="A connection that dies under a listener would make people read that it failed.",
        tests=(f"{_SOCKET_TESTS}test_answer_goes_over_whichever_connection_lives",),
    ),
    Mutant(
        name="a stop still takes envelopes",
        file=SOCKETS,
        before="if not self._takes:",
        after="if False:",
        why="A click would be begun that the stop then cuts off.",
        tests=(f"{_SOCKET_TESTS}test_stop_finishes_what_is_in_hand_and_takes_nothing_new",),
    ),
    Mutant(
        name="the old connection goes before the new one is there",
        file=LINE,
        before="        connection = await self._dial()\n",
        after="        if self._current is not None:\n"
        "            await self._current.close()\n"
        "        connection = await self._dial()\n",
        why="What Slack sends in between would find nobody.",
        tests=(f"{_SOCKET_TESTS}test_next_connection_is_there_before_the_old_one_goes[warning]",),
    ),
    Mutant(
        name="a dropped connection stays dropped",
        file=LINE,
        before="while not connection.leaving.is_set() and await connection.is_connected():",
        after="while not connection.leaving.is_set():",
        why="After a cut cable the bot would be deaf for hours.",
        tests=(f"{_SOCKET_STORY}test_story_passes_over_connections_that_come_and_go[drop]",),
    ),
    Mutant(
        name="sockets go anywhere unencrypted",
        file=SOCKETS,
        before="_is_here(host) and _is_here(_scheme_and_host(api_url)[1])",
        after="host",
        why="Forms and clicks could be read on the way.",
        tests=(f"{_SOCKET_TESTS}test_unsafe_addresses_are_refused",),
    ),
    Mutant(
        name="ready without a connection",
        file="bot/app.py",
        before="self.sockets is not None and self.sockets.count_up() == 0",
        after="False",
        why="A bot that Slack cannot reach would look well.",
        tests=(f"{_SOCKET_STORY}test_readiness_follows_the_connections",),
    ),
    # The Home tab.
    Mutant(
        name="the Home tab tells of private channels",
        file=HOME,
        before="return await self._desk.channels.is_public(request.channel_id)",
        after="return True",
        why="Outsiders would read the topics of private channels.",
        tests=(f"{_HOME_STORY}test_private_channel_is_known_to_its_requester_alone",),
    ),
    Mutant(
        name="the Home tab asks everybody for decisions",
        file=HOME,
        before="if self._may_decide(person, one)",
        after="if person",
        why="People would be sent to buttons that refuse them.",
        tests=(f"{_HOME_STORY}test_tab_shows_what_waits_for_whom",),
    ),
)
