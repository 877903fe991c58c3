"""What is just recovering from one fault is hit by another, and recovers from that too."""

import asyncio
import signal
from typing import Any

import pytest

from ninthweek.servers import Servers
from shared.contracts.screening import ProjectDeclined
from shared.runtime.outgoing import Outgoing
from shared.runtime.relay import Relay
from shared.runtime.store import outbox
from tests.faults.conftest import Ledger
from tests.faults.faulty import Gate, judged, projects, send
from tests.faults.noted import Notes
from tests.support.network import link_to
from tests.support.probe import probe, publish_declined, submitted
from tests.support.running import Start
from tests.support.waiting import until

on_killable_servers = pytest.mark.xdist_group("killable servers")

KILLED = -signal.SIGKILL
MANY = 60


@on_killable_servers
async def test_the_broker_dies_again_while_services_reconnect(
    start_on_killable_servers: Start, killable_servers: Servers, ledger: Ledger
) -> None:
    assert killable_servers.rabbitmq is not None
    gate, sent = Gate(), projects(300)
    screening = await start_on_killable_servers(probe(gate.handler))
    await send(screening, sent)
    await gate.inside.wait()
    for _ in range(2):
        await asyncio.to_thread(killable_servers.rabbitmq.kill)
        ledger.injected("broker killed again")
        gate.may_go_on.set()
        await asyncio.to_thread(killable_servers.rabbitmq.start)
    ledger.over()
    ledger.judged(await judged(screening, sent))


async def test_connections_are_reset_again_at_every_step_of_reconnecting(notes: Notes, ledger: Ledger) -> None:
    async with link_to(notes.amqp_url) as to_broker, link_to(notes.database_url) as to_database:
        await notes.start(to_broker=to_broker, to_database=to_database)
        await notes.send(*(submitted(f"P{number}") for number in range(MANY)))
        await notes.until_noted(1)
        for link in (to_broker, to_database) * 4:

            async def reconnects(link: Any = link) -> bool:
                return bool(link.connections)

            link.reset()
            await until(reconnects)
            link.reset()
            ledger.injected("connections reset while reconnecting", 2)
        ledger.over()
        await notes.send(*(submitted(f"Q{number}") for number in range(MANY)))
        ledger.judged(await notes.judged())


@on_killable_servers
async def test_the_database_dies_while_the_outbox_is_swept_after_a_crash(
    start_on_killable_servers: Start, killable_servers: Servers, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The relay has just taken over what was left behind, and cannot record that it sent that."""
    assert killable_servers.postgresql is not None
    postgresql, left_behind, is_dead = killable_servers.postgresql, outbox.left_behind, asyncio.Event()

    async def dies_once(connection: Any, **named: Any) -> list[Outgoing]:
        rows = await left_behind(connection, **named)
        if rows and not is_dead.is_set():
            await asyncio.to_thread(postgresql.kill)
            is_dead.set()
        return rows

    with monkeypatch.context() as crash:
        crash.setattr(Relay, "hand_over", lambda *_: None)
        crashed = await start_on_killable_servers(probe(publish_declined))
        sent = projects(MANY)
        await send(crashed, sent)

        async def all_are_handled() -> bool:
            return len(await crashed.published(ProjectDeclined)) == MANY and crashed.flight.is_empty

        await until(all_are_handled)
        await crashed.stop()
    await crashed.connection.execute("update unsent set look_at = 'infinity'")
    screening = await start_on_killable_servers(probe(publish_declined))
    monkeypatch.setattr(outbox, "left_behind", dies_once)
    await crashed.connection.execute("update unsent set look_at = '-infinity'")
    await is_dead.wait()
    ledger.injected("database killed during the sweep")
    await asyncio.to_thread(postgresql.start)
    ledger.over()
    await screening.reconnect()
    ledger.judged(await judged(screening, sent))


async def test_the_process_dies_again_during_its_first_sweep(notes: Notes, ledger: Ledger) -> None:
    first = await notes.start(die="between-commit-and-publish")
    await notes.send(submitted("P1"))
    assert await first.ended() == KILLED
    for _ in range(2):
        await notes.make_unsent_rows_due()
        second = await notes.start(die="during-the-sweep")
        assert await second.ended() == KILLED
        ledger.injected("process dies during-the-sweep")
    ledger.over()
    await notes.make_unsent_rows_due()
    await notes.start()
    ledger.judged(await notes.judged())


async def test_the_process_dies_again_of_what_the_one_before_it_was_handling(notes: Notes, ledger: Ledger) -> None:
    """No message is to blame, and none is taken for the cause."""
    await notes.send(*(submitted(f"P{number}") for number in range(MANY)))
    for moment in ("inside-the-handler", "inside-the-handler", "between-commit-and-acknowledgement"):
        process = await notes.start(die=moment)
        assert await process.ended() == KILLED
        ledger.injected("process dies again")
    ledger.over()
    await notes.make_unsent_rows_due()
    await notes.start()
    ledger.judged(await notes.judged())
    assert await notes.failed() == []
