"""The demo as its users run it: a process, its output, its exit, and nothing left behind."""

import contextlib
import os
import pty
import re
import signal
import socket
import subprocess
import sys

import psutil
import pytest

from twin.demo import run

STATES = (
    "Requested",
    "Submitting",
    "Queued",
    "Producing",
    "Awaiting approval",
    "Distributing",
    "Completed",
)
pytestmark = pytest.mark.slow


@pytest.fixture
def play(tmp_path):
    """Give a function that starts a demo whose temporary folders are under the test's own."""
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def left_behind(folder):
    """List the demo's folders that are still there."""
    return [path.name for path in folder.iterdir() if path.name.startswith("greenlight-demo-")]


def test_story_is_told_to_the_end(play, tmp_path):
    """The whole story is printed in order, every file arrives, and nothing stays behind."""
    process = play("--once", "--speed", "40")
    told, _ = process.communicate(timeout=90)
    assert process.returncode == 0, told
    shown = re.findall(r"card: ([A-Z][a-z ]+) ──", told)
    assert list(dict.fromkeys(shown)) == list(STATES)
    assert "Approved by @Bo Lind, not yet released" in told
    assert 0 < told.find("@Bo Lind approved") < told.find("The operator releases it")
    assert told.count("│ yes") == 6
    assert "Socket Mode" not in told
    assert left_behind(tmp_path) == []


def test_story_passes_in_jarais_older_generation(play, monkeypatch):
    """The one setting of the caller that counts, for want of a better place."""
    monkeypatch.setenv("JARAI_DIALECT", "v1")
    process = play("--once", "--speed", "40")
    told, _ = process.communicate(timeout=90)
    assert process.returncode == 0, told
    assert told.count("│ yes") == 6


def test_unknown_generation_is_refused(play, monkeypatch):
    """Before anything is started, by the name of the setting."""
    monkeypatch.setenv("JARAI_DIALECT", "v9")
    process = play("--once")
    told, _ = process.communicate(timeout=30)
    assert (process.returncode, told) == (2, "JARAI_DIALECT must be one of partner, v1\n")


def test_story_of_a_service_without_an_approval_of_its_own(play):
    """A project shapes the form, and the approval in Slack completes it; every file arrives."""
    process = play("--once", "--speed", "40", "--provider", "techforge")
    told, _ = process.communicate(timeout=90)
    assert process.returncode == 0, told
    shown = re.findall(r"card: ([A-Z][a-z ]+) ──", told)
    assert shown[-1] == "Completed"
    assert "Ana chooses the project: Autumn teaser" in told
    assert "the decision here" in told
    assert "The operator releases it" not in told
    assert told.count("│ yes") == 2


def test_story_of_a_service_whose_links_soon_die(play):
    """Its files are copied before anybody is asked, and arrive from the bot itself."""
    process = play("--once", "--speed", "40", "--provider", "narakeet")
    told, _ = process.communicate(timeout=90)
    assert process.returncode == 0, told
    assert "the files are being copied" in told
    # Which of its steps the screen shows depends on when it is looked at.
    assert re.search(r"(Reading the script|Building scenes|Joining scenes), \d+ %", told)
    assert told.count("│ yes") == 4


def test_story_passes_over_socket_mode(play):
    """Every connection is cut in the middle, the screen says so once, and the story goes on."""
    process = play("--once", "--speed", "40", "--socket")
    told, _ = process.communicate(timeout=90)
    assert process.returncode == 0, told
    assert told.count("Slack cuts every Socket Mode connection") == 1
    assert told.find("Slack cuts every") < told.find("Bo watches 6 files")
    assert told.count("│ yes") == 6


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_interrupted_demo_leaves_nothing_running(play, tmp_path, number):
    """An interrupted demo ends its bot, removes its folder and says so by its exit."""
    process = play("--once", "--speed", "1")
    for line in process.stdout:
        if "card: Queued" in line:
            break
    bots = psutil.Process(process.pid).children()
    assert len(bots) == 1
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert not any(bot.is_running() for bot in bots)
    assert left_behind(tmp_path) == []


def test_on_a_terminal_the_demo_stays_and_says_how_to_type_oneself():
    """On a terminal everything stays up after the story, until Ctrl-C, which is no failure."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--speed", "60"], stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        told = read_until(ours, "Ctrl-C ends everything")
        process.send_signal(signal.SIGINT)
        read_until(ours, None)
    os.close(ours)
    assert process.returncode == 0
    assert re.search(r"Open http://127\.0\.0\.1:\d+/ and type /produce yourself", told)


def read_until(terminal, word):
    """Read what a terminal shows until a word appears; None reads to its end."""
    told = ""
    while word is None or word not in told:
        try:
            told += os.read(terminal, 65_536).decode(errors="replace")
        except OSError:  # Linux says so when nobody holds the other end any more.
            break
    return told


@pytest.fixture
def taken_port():
    """Take a port that has two free ones before it, and give its number.

    They lie below those that the system gives to others meanwhile, and differ between processes.
    """
    first = 20_000 + os.getpid() % 3_000 * 3
    triples = ((port, port + 1, port + 2) for port in range(first, 32_000, 3))
    free = next(ports for ports in triples if all(is_free(port) for port in ports))
    with socket.create_server(("127.0.0.1", free[-1])):
        yield free[-1]


def is_free(port):
    """Tell whether one can listen on a port."""
    with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return True
    return False


def test_failed_demo_says_why_and_keeps_its_folder(play, tmp_path, taken_port):
    """A demo that cannot work exits 1, says why, and names the folder it keeps."""
    process = play("--once", "--port", str(taken_port - 2))
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "The demo failed: the bot ended by itself" in told
    (kept,) = left_behind(tmp_path)
    assert kept in told.replace("\n", "")  # A long path is wrapped.


def test_unknown_provider_is_refused(capsys):
    """A service that the demo cannot play is refused with exit 2."""
    assert run(once=True, port=0, speed=20.0, provider="vimeo") == 2
    assert "provider must be jarai, narakeet or techforge" in capsys.readouterr().out
