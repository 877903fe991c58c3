"""The Python in README.md and docs, as it stands there, run against the real broker with intake at work."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aio_pika.exceptions import ChannelNotFoundEntity

from shared.contracts.intake import HostRegistered, SubmissionRefused
from shared.contracts.message import Event
from tests.support.running import RunningService, Start
from tests.support.waiting import PATIENCE, until

ROOT = Path(__file__).parent.parent.parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SNIPPETS: list[str] = [
    snippet for page in PAGES for snippet in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
]
PUBLISH, SUBSCRIBE, WITHDRAW = SNIPPETS
"""A snippet that is added fails here: write its test."""

QUEUES = ("customer-relations.host.registered", "customer-relations.submission.refused")


@pytest.fixture
async def intake(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunningService:
    monkeypatch.setenv("DOCUMENTS_URL", (tmp_path / "documents").as_uri())
    return await start("intake")


@asynccontextmanager
async def running(arguments: list[str], folder: Path, amqp_url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program on the broker, in a folder of its own; what it prints is read by the test."""
    program = await asyncio.create_subprocess_exec(
        *arguments, cwd=folder, env=os.environ | {"AMQP_URL": amqp_url}, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield program
    finally:
        if program.returncode is None:
            program.terminate()
        await program.wait()


async def run(arguments: list[str], folder: Path, amqp_url: str) -> str:
    """What a program prints that comes to its end by itself."""
    async with running(arguments, folder, amqp_url) as program:
        printed, _ = await program.communicate()
    assert program.returncode == 0
    return printed.decode().strip()


def python(snippet: str) -> list[str]:
    return [sys.executable, "-c", snippet]


async def until_published(intake: RunningService, event: type[Event]) -> None:
    async def is_published() -> bool:
        return bool(await intake.published(event))

    await until(is_published)


async def test_a_host_is_published_as_readme_says(intake: RunningService, tmp_path: Path) -> None:
    await run(python(PUBLISH), tmp_path, intake.amqp_url)
    await until_published(intake, HostRegistered)
    (host,) = await intake.published(HostRegistered)
    assert (host.host_id, host.organisation) == ("H0042", "River Trust")


async def test_a_host_is_published_by_the_command_that_readme_names(intake: RunningService) -> None:
    (command,) = re.findall(r"`AMQP_URL=… (\.venv/bin/ninthweek publish .*?)`", PAGES[0].read_text())
    event_id = await run(command.split(), ROOT, intake.amqp_url)
    await until_published(intake, HostRegistered)
    assert await intake.connection.fetchval("select count(*) from submissions where id = $1", event_id) == 1


async def test_events_are_received_as_readme_says(intake: RunningService, tmp_path: Path) -> None:
    async with running(python(SUBSCRIBE), tmp_path, intake.amqp_url) as subscriber:
        await until(lambda: _is_bound(intake))
        await run(python(PUBLISH), tmp_path, intake.amqp_url)
        await _until_printed(subscriber, "H0042 is registered: River Trust")
        await run(python(_with_own_models(tmp_path)), tmp_path, intake.amqp_url)
        await _until_printed(subscriber, "withdrawal-of-P9999 is refused: project_id: ")
    for queue in QUEUES:
        assert (await intake.channel.queue_delete(queue)).message_count == 0


async def test_a_withdrawal_is_published_with_models_of_ones_own(intake: RunningService, tmp_path: Path) -> None:
    await run(python(_with_own_models(tmp_path)), tmp_path, intake.amqp_url)
    await until_published(intake, SubmissionRefused)
    (refused,) = await intake.published(SubmissionRefused)
    assert (refused.source, refused.submission_id) == ("customer-relations", "withdrawal-of-P9999")


def _with_own_models(folder: Path) -> str:
    """The snippet, with the codec beside it: copied, as the page says, and with nothing else of this repository."""
    codec = ROOT / "shared" / "broker" / "cloud_events.py"
    assert not re.search(r"^(from|import) (shared|services|ninthweek)", codec.read_text(), re.MULTILINE)
    shutil.copy(codec, folder)
    return WITHDRAW


async def _until_printed(program: asyncio.subprocess.Process, beginning: str) -> None:
    """Read what it prints, FastStream's own log among it, up to a line that begins so."""
    assert program.stdout is not None
    async with asyncio.timeout(PATIENCE):
        while not (await program.stdout.readline()).startswith(beginning.encode()):
            assert program.returncode is None


async def _is_bound(intake: RunningService) -> bool:
    """Whether both queues have their consumer; FastStream binds a queue before it consumes."""
    connection = await intake.broker.connect()
    try:
        async with connection.channel() as channel:
            declared = [await channel.declare_queue(queue, passive=True, robust=False) for queue in QUEUES]
    except ChannelNotFoundEntity:
        return False
    return all(queue.declaration_result.consumer_count == 1 for queue in declared)
