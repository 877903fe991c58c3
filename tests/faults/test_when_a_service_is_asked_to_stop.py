"""A service that is asked to stop does so within its own limit, whatever it is doing, and loses nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tests.faults.conftest import Ledger
from tests.support.first_things import log_to
from tests.support.network import Link, link_to
from tests.support.noted import Notes
from tests.support.probe import submitted
from tests.support.waiting import until

MANY = 200
GAVE_UP = "stopped before all was handled"
STOPPED = "service stopped"


@asynccontextmanager
async def _sustained_load(notes: Notes) -> AsyncIterator[None]:
    """Somebody publishes without a pause while the block lasts."""
    numbers = count()

    async def publish() -> None:
        while True:
            await asyncio.shield(notes.send(*(submitted(f"P{next(numbers)}") for _ in range(5))))

    publishing = asyncio.create_task(publish())
    try:
        yield
    finally:
        publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)


async def test_under_sustained_load(notes: Notes, ledger: Ledger, tmp_path: Path) -> None:
    """One process after the other takes the work over, and nothing is counted as an attempt, not even for a moment."""
    await notes.connection.execute("alter table suspects add constraint nobody_is_suspected check (false)")
    log = tmp_path / "log"
    await notes.start(first=partial(log_to, log))
    async with _sustained_load(notes):
        for _ in range(3):
            await notes.until_noted(len(await notes.noted()) + MANY)
            stopping = notes.processes[-1]
            await notes.start(first=partial(log_to, log))
            assert await stopping.stop() == 0
            ledger.injected("service stopped under sustained load")
        ledger.over()
    ledger.judged(await notes.judged())
    assert await notes.failed() == []
    assert log.read_text().count(STOPPED) == len(notes.processes)
    assert GAVE_UP not in log.read_text()


async def _all_are_delivered(notes: Notes) -> bool:
    return await notes.waiting() == 0


@pytest.mark.parametrize("frozen", ["database", "broker", "both"])
async def test_with_a_server_that_does_not_answer(notes: Notes, ledger: Ledger, tmp_path: Path, frozen: str) -> None:
    """It gives up at its own limit, says so, and what it had in hand comes to the next."""
    log = tmp_path / "log"
    async with link_to(notes.database_url) as to_database, link_to(notes.amqp_url) as to_broker:
        links: dict[str, tuple[Link, ...]] = {"database": (to_database,), "broker": (to_broker,)}
        links["both"] = (to_database, to_broker)
        stopping = await notes.start(
            first=partial(log_to, log),
            to_database=to_database,
            to_broker=to_broker,
            environment={"NINTHWEEK_STOP_WITHIN": "PT1S"},
        )
        await notes.send(submitted("first"))
        await notes.until_noted(1)
        for link in links[frozen]:
            link.stall()
        await notes.send(*(submitted(f"P{number}") for number in range(MANY)))
        if frozen == "database":
            await until(partial(_all_are_delivered, notes))
        assert await stopping.stop() == 0
        ledger.injected(f"service stopped while its {frozen} does not answer")
        assert GAVE_UP in log.read_text()
        assert STOPPED in log.read_text()
    ledger.over()
    await notes.let_a_while_pass()
    await notes.start()
    ledger.judged(await notes.judged())
    assert await notes.failed() == []
