"""The programme itself, started as its users start it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

READY_WITHIN = 120.0
"""Seconds."""

_COMMAND = (sys.executable, "-c", "from ninthweek.command_line import main; main()")


def run_to_end(*arguments: str | Path) -> None:
    """Run a command of the programme. Raises `RuntimeError` where it fails, with what it said."""
    ended = subprocess.run([*_COMMAND, *arguments], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"ninthweek {' '.join(map(str, arguments))}:\n{ended.stdout}\n{ended.stderr}")


@contextmanager
def ninthweek(arguments: Sequence[str | Path], *, port: int, settings: Mapping[str, str]) -> Iterator[psutil.Process]:
    """A command that serves HTTP at a port, from when it is ready to when the block ends."""
    started = subprocess.Popen(
        [*_COMMAND, *arguments, "--port", str(port)],
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_ready(started, port)
        yield psutil.Process(started.pid)
    finally:
        started.terminate()
        started.wait()


def _wait_until_ready(started: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not _is_ready(port):
        if started.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"ninthweek is not ready after {READY_WITHIN:.0f} s, or has ended")
        time.sleep(0.2)


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").is_success
    except httpx.TransportError:
        return False
