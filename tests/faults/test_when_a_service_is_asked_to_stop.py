"""A service that is asked to stop does so within its own limit, whatever it is doing, and loses nothing."""

from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from tests.faults.conftest import Ledger
from tests.faults.first_things import log_to
from tests.faults.noted import Notes, sustained_load
from tests.support.network import Link, link_to
from tests.support.probe import submitted
from tests.support.waiting import until

MANY = 200
GAVE_UP = "stopped before all was handled"
STOPPED = "service stopped"


async def test_under_sustained_load(notes: Notes, ledger: Ledger, tmp_path: Path) -> None:
    """One process after the other takes the work over, and each finishes all that was delivered to it.

    A quorum queue may have messages on their way to a consumer that is cancelled. It delivers these to the next one,
    marked as delivered before.
    """
    logs = [tmp_path / str(number) for number in range(4)]
    stopping = await notes.start(first=partial(log_to, logs[0]))
    async with sustained_load(notes):
        for log, next_log in pairwise(logs):
            await notes.until_noted(len(await notes.noted()) + MANY)
            successor = await notes.start(first=partial(log_to, next_log))
            assert await stopping.stop() == 0
            ledger.injected("service stopped under sustained load")
            assert STOPPED in log.read_text()
            assert GAVE_UP not in log.read_text()
            stopping = successor
        ledger.over()
    ledger.judged(await notes.judged())
    assert await notes.failed() == []
    assert await notes.connection.fetchval("select count(*) from suspects") == 0


async def _all_are_delivered(notes: Notes) -> bool:
    return await notes.waiting() == 0


@pytest.mark.parametrize("frozen", ["database", "broker", "both"])
async def test_with_a_server_that_does_not_answer(notes: Notes, ledger: Ledger, tmp_path: Path, frozen: str) -> None:
    """It gives up at its own limit and logs that; what it was handling comes to the next."""
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
        ledger.injected("service stopped while a server does not answer")
        assert GAVE_UP in log.read_text()
        assert STOPPED in log.read_text()
    ledger.over()
    await notes.make_unsent_rows_due()
    await notes.start()
    ledger.judged(await notes.judged())
    assert await notes.failed() == []
