"""Taking the port before anything runs."""

import socket

import pytest

from bot.core.errors import SettingsError
from bot.serve import UNREAD_MS, take_port


def test_a_taken_port_is_a_setting_to_mend():
    """Two programs on one port end with one line, not with a stack of library words."""
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(SettingsError) as raised:
        take_port("127.0.0.1", other.getsockname()[1], name="PORT")
    assert str(raised.value) == "PORT is taken by another program"


@pytest.mark.parametrize("host", ["203.0.113.9", "no such host", ""])
def test_a_host_of_another_machine_is_a_setting_to_mend(host):
    """Only an address of this machine can be listened on; empty means all of them."""
    if not host:
        take_port(host, 0, name="PORT").close()
        return
    with pytest.raises(SettingsError, match="HOST must be an address of this machine"):
        take_port(host, 0, name="PORT")


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux knows the option")
def test_a_peer_that_reads_nothing_is_given_up():
    """Its connection ends by itself, so that the connections do not run out."""
    with take_port("127.0.0.1", 0, name="PORT") as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            given = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert given == UNREAD_MS
