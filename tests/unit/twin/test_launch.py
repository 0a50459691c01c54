import asyncio
import json
import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from twin.launch import MAKERS, SERVICES, Twins
from twin.slack.app import DEFAULT_REQUEST_URL


def free_port() -> int:
    """Find a port that is free together with the one after it."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


async def test_line_names_every_service_with_what_it_accepts():
    """The line has addresses and credentials, and they work."""
    twins = Twins()
    await twins.start()
    known = twins.as_json()
    async with httpx.AsyncClient() as http:
        accounts = await http.get(
            f"{known['jarai']['base_url']}/v1/partner/accounts",
            headers={"X-API-Key": known["jarai"]["api_key"]},
        )
        slack = await http.post(
            f"{known['slack']['api']}auth.test",
            headers={"Authorization": f"Bearer {known['slack']['bot_token']}"},
        )
        controls = [await http.get(f"{each['control']}journal") for each in known.values()]
    await twins.stop()
    assert accounts.status_code == 200
    assert slack.json()["ok"]
    assert {each.status_code for each in controls} == {200}
    assert set(known["slack"]) == {
        "api",
        "bot_token",
        "signing_secret",
        "app_token",
        "control",
        "page",
    }
    for service in MAKERS:
        assert {"base_url", "api_key", "control"} <= set(known[service])


async def test_only_what_is_asked_for_is_started():
    """A service that is not named is not there."""
    twins = Twins(only=["jarai"])
    await twins.start()
    known = twins.as_json()
    await twins.stop()
    assert set(known) == {"jarai"}


async def test_ports_follow_the_first():
    """Slack takes the first port, JARAI the next."""
    port = free_port()
    twins = Twins(port=port)
    await twins.start()
    known = twins.as_json()
    await twins.stop()
    assert known["slack"]["api"] == f"http://127.0.0.1:{port}/api/"
    assert known["jarai"]["base_url"] == f"http://127.0.0.1:{port + 1}"


async def test_taken_port_leaves_nothing_running():
    """When the second port is taken, the first is given back."""
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 1))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            await Twins(port=port).start()
    with socket.socket() as first:
        first.bind(("127.0.0.1", port))


async def test_speed_is_the_services_and_not_slacks():
    """Slack's deadlines are for a bot in real time, so its clock keeps to it."""
    twins = Twins(speed=60)
    assert (twins.slack.clock.speed, twins.jarai.clock.speed) == (1, 60)


async def test_time_goes_by_by_itself():
    """What falls due on a sped-up clock happens without anybody moving it."""
    twins, rang = Twins(only=["jarai"], speed=10_000), asyncio.Event()
    await twins.start()

    async def ring() -> None:
        rang.set()

    twins.jarai.clock.call_in(100, ring)
    async with asyncio.timeout(10):
        await rang.wait()
    await twins.stop()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"only": ["jarai", "vimeo"]}, "services"),
        ({"only": []}, "services"),
        ({"port": -1}, "port"),
        ({"port": 65_535}, "port"),
        ({"speed": -1}, "speed"),
        ({"speed": float("nan")}, "speed"),
        ({"bot_url": "127.0.0.1:3000"}, "address"),
    ],
)
def test_wrong_argument_is_refused(arguments, word):
    """Each mistake is a sentence that names the argument."""
    with pytest.raises(ValueError, match=word):
        Twins(**arguments)


def start_process(*arguments: str) -> subprocess.Popen[str]:
    """Start the twin as its users do."""
    return subprocess.Popen(
        [sys.executable, "-m", "twin", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_process_prints_one_line_and_ends_cleanly(number):
    """It says where it is in one line of JSON and ends with 0 when told to."""
    with start_process("--only", "jarai") as process:
        known = json.loads(process.stdout.readline())
        assert httpx.get(f"{known['jarai']['control']}settings").status_code == 200
        process.send_signal(number)
        rest, complaints = process.communicate(timeout=30)
    assert (process.returncode, rest, complaints) == (0, "", "")


@pytest.mark.slow
def test_process_refuses_a_wrong_argument_with_exit_2():
    """A mistake on the command line is a sentence and exit 2."""
    with start_process("--only", "vimeo") as process:
        _, complaints = process.communicate(timeout=30)
    assert process.returncode == 2
    assert complaints == f"services must be some of {', '.join(SERVICES)}\n"


def test_bot_is_expected_where_it_listens_by_default():
    """Without an address the local Slack delivers to the bot's default port."""
    assert DEFAULT_REQUEST_URL == "http://127.0.0.1:3000/slack/events"
