"""The programme itself, started as its users start it, with all the settings that its commands need."""

import asyncio
import os
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import psutil

from benchmarks.product import free_port
from benchmarks.servers import Place
from tests.support.visitors import SETTINGS

READY_WITHIN = 240.0
"""Seconds."""

COMMAND = Path(sys.executable).with_name("ninthweek")


def environment(port: int, at: tuple[Place, Path] | None = None) -> dict[str, str]:
    """The environment of any command: `at` is the place on the servers, and the folder for mails and documents.

    Without `at`, servers, mails and documents are where `up` and `demo` keep them. Sessions are signed as
    `tests.support.visitors` signs them.
    """
    settings = {
        "NINTHWEEK_TOKEN": "the token of these figures",
        "SESSION_SECRET": SETTINGS.session_secret.get_secret_value(),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    if at:
        place, folder = at
        settings |= {
            "DATABASE_URL": place.database_url,
            "AMQP_URL": place.amqp_url,
            "MAIL_FOLDER": str(folder / "mails"),
            "DOCUMENTS_URL": (folder / "documents").as_uri(),
        }
    return os.environ | settings


@asynccontextmanager
async def ninthweek(*arguments: str | Path, place: Place | None = None) -> AsyncIterator[psutil.Process]:
    """Run a command that serves HTTP; the block begins when it is ready, and ends it. Its output goes to the log."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        started = await asyncio.create_subprocess_exec(
            COMMAND,
            *arguments,
            *("--port", str(port)),
            env=environment(port, (place, Path(folder)) if place else None),
            stdin=DEVNULL,
        )
        try:
            await _ready(started, port)
            yield psutil.Process(started.pid)
        finally:
            with suppress(ProcessLookupError):  # it has ended already
                started.terminate()
            await started.wait()


async def run_to_end(*arguments: str | Path) -> None:
    """Run a command of the programme. Raises `RuntimeError` where it fails, with the last line that it printed."""
    running = await asyncio.create_subprocess_exec(
        COMMAND, *arguments, env=environment(free_port()), stdin=DEVNULL, stdout=PIPE, stderr=STDOUT
    )
    printed = (await running.communicate())[0].decode(errors="replace").strip()
    if running.returncode:
        sys.stderr.write(f"{printed}\n")
        last = printed.splitlines()[-1:] or ["nothing was printed"]
        raise RuntimeError(f"ninthweek {arguments[0]} ended with {running.returncode}: {last[0]}")


async def _ready(started: Process, port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN
    async with httpx.AsyncClient() as client:
        while not await _is_ready(client, port):
            if started.returncode is not None:
                raise RuntimeError(f"ninthweek ended with {started.returncode} before it was ready")
            if time.monotonic() > deadline:
                raise RuntimeError(f"ninthweek is not ready after {READY_WITHIN:.0f} s")
            await asyncio.sleep(0.2)


async def _is_ready(client: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await client.get(f"http://127.0.0.1:{port}/readyz")).is_success
    except httpx.TransportError:
        return False
