"""One message, one row of the outbox, one timer: each is sent when the outage is over, with no later one to push it."""

from collections.abc import AsyncIterator

import pytest

from shared.contracts.screening import ProjectDeclined
from shared.runtime.outgoing import Outgoing
from tests.faults.conftest import Ledger
from tests.faults.faulty import judged, projects, send, until_not_ready
from tests.faults.first_things import use_short_timeouts
from tests.faults.noted import Notes
from tests.support.network import Link, link_to
from tests.support.probe import probe, publish_declined, submitted, withdrawn
from tests.support.running import Start
from tests.support.waiting import until

OFTEN = 20
"""Failed attempts of a service to connect: by then every retry of a client library has come to its end."""


@pytest.fixture
async def to_broker(amqp_url: str) -> AsyncIterator[Link]:
    async with link_to(amqp_url) as link:
        yield link


@pytest.fixture
async def to_database(test_database_url: str) -> AsyncIterator[Link]:
    async with link_to(test_database_url) as link:
        yield link


async def _until_it_is_long(outage: Link) -> None:
    async def is_long() -> bool:
        return outage.refused >= OFTEN

    await until(is_long)


@pytest.mark.parametrize("is_cut", [True, False], ids=["cut", "half-open"])
async def test_a_message_that_was_published_just_before_the_broker_went_away(
    notes: Notes, to_broker: Link, ledger: Ledger, is_cut: bool
) -> None:
    await notes.start(first=use_short_timeouts, to_broker=to_broker)

    async def handler_waits() -> bool:
        waiting = (
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        )
        return bool(await notes.connection.fetchval(waiting))

    async with notes.connection.transaction():
        await notes.connection.execute("lock table notes in exclusive mode")
        await notes.send(submitted("P1"))
        await until(handler_waits)
        (to_broker.cut if is_cut else to_broker.stall)()
        ledger.injected("broker away after a lone message")
    await notes.until_noted(1)

    async def is_not_ready() -> bool:
        return not await notes.are_ready()

    await until(is_not_ready)
    if is_cut:
        await _until_it_is_long(to_broker)
    assert await notes.published() == []
    to_broker.heal()
    ledger.over()
    ledger.judged(await notes.judged())


async def test_a_row_of_the_outbox_when_the_database_goes_away_right_after_the_commit(
    start: Start, to_database: Link, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is sent, but that cannot be recorded."""
    screening = await start(probe(publish_declined), to_database=to_database)
    (replica,) = screening.replicas
    hand = replica.relay.hand_over

    def hand_and_lose_the_database(outgoing: list[Outgoing]) -> None:
        to_database.cut()
        hand(outgoing)

    monkeypatch.setattr(replica.relay, "hand_over", hand_and_lose_the_database)
    await send(screening, projects(1))
    await until_not_ready(screening, "the outbox has not drained")
    ledger.injected("database away after a lone row")
    await _until_it_is_long(to_database)
    assert await screening.published(ProjectDeclined) != []
    assert await screening.connection.fetchval("select count(*) from unsent") == 1
    to_database.heal()
    ledger.over()
    ledger.judged(await judged(screening, projects(1)))


@pytest.mark.parametrize("away", ["database", "broker"])
async def test_a_timer_that_falls_due_while_a_server_is_away(
    notes: Notes, to_broker: Link, to_database: Link, ledger: Ledger, away: str
) -> None:
    link = {"database": to_database, "broker": to_broker}[away]
    await notes.start(to_broker=to_broker, to_database=to_database)
    await notes.send(withdrawn("P1"))
    due = await notes.timers(1)
    link.cut()
    ledger.injected(f"{away} away while a lone timer falls due")
    notes.step_to(due)
    await _until_it_is_long(link)
    assert await notes.noted() == []
    link.heal()
    ledger.over()
    ledger.judged(await notes.judged())
