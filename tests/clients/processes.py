"""Other people's programs as processes: started, talked to, ended by their own handle."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from filelock import FileLock

HERE = Path(__file__).parent
NODE = HERE / "node"
INSTALL_S = 100.0
START_S = 30.0
END_S = 10.0


def python_command() -> list[str]:
    """Give the command that starts the Python app."""
    return [sys.executable, str(HERE / "lunch_app.py")]


def node_command(script: str) -> list[str]:
    """Give the command that starts a script with Slack's libraries for Node.

    Skips the test, saying why, where Node or its packages cannot be had.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node is not installed: Slack's JavaScript libraries were not tried")
    install_packages(npm)
    return [node, str(NODE / script)]


def install_packages(npm: str) -> None:
    """Install what the lock file names, unless that was done since it changed."""
    modules, lock = NODE / "node_modules", NODE / "package-lock.json"
    with FileLock(NODE / ".install.lock"):
        done = modules / ".package-lock.json"
        if done.exists() and done.stat().st_mtime >= lock.stat().st_mtime:
            return
        installed = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=NODE,
            capture_output=True,
            timeout=INSTALL_S,
            check=False,
        )
    if installed.returncode != 0:
        pytest.skip("npm could not install Slack's JavaScript libraries: no registry in reach")


@contextlib.asynccontextmanager
async def running(
    command: list[str], environment: Mapping[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a program, with pipes to talk to it, until the block ends.

    Args:
        command: What to start.
        environment: Added to the path; nothing else of ours is passed on.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,  # So that a failing test shows why.
    )
    try:
        yield process
    finally:
        await end(process)


async def wait_until_running(process: asyncio.subprocess.Process) -> None:
    """Return once a program has said that it is running."""
    assert process.stdout is not None
    said = b""
    async with asyncio.timeout(START_S):
        while b"is running" not in said:
            line = await process.stdout.readline()
            assert line, f"it ended with: {said.decode(errors='replace')}"
            said += line


async def end(process: asyncio.subprocess.Process) -> None:
    """End a program, by force if it does not go."""
    if process.stdin is not None:
        process.stdin.close()
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(END_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
