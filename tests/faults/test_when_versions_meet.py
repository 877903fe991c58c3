"""A new version beside the old one, and migrations while services work: nothing fails, and nobody waits for long."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika
import asyncpg
import pytest

from ninthweek.addresses import addresses
from ninthweek.migration import migrate
from ninthweek.services import migrations
from ninthweek.settings import AdministratorUrls
from ninthweek.staff_tools import failures
from shared.broker.topology import EVENTS, dead_letter_queue
from shared.contracts import message
from shared.contracts.directory import SCREENING
from shared.contracts.envelope import Envelope
from shared.contracts.message import Event, type_registry
from shared.database import migration
from shared.database.connection import MigrationBlocked
from shared.database.preparation import prepare_schema
from tests.faults.conftest import Ledger, declare_all
from tests.faults.first_things import disable_retries
from tests.faults.noted import Notes, sustained_load
from tests.support.history import Report, judge
from tests.support.next_version import STEP_FREE, NextVersion, next_version
from tests.support.probe import submitted
from tests.support.processes import NEXT_PROBE, PROBE
from tests.support.waiting import until

MANY = 200


@pytest.fixture
def upcoming(monkeypatch: pytest.MonkeyPatch) -> NextVersion:
    """The events of the next version; this process goes on reading as the present one does."""
    monkeypatch.setattr(message, "type_registry", dict(type_registry))
    return next_version()


async def publish(notes: Notes, event: Event) -> None:
    """Publish an event that nobody is expected to handle."""
    envelope = Envelope(id=str(uuid4()), source="intake", type=event.type, time=notes.clock())
    exchange = await notes.channel.get_exchange(EVENTS, ensure=False)
    # Not mandatory: there may be no queue for it.
    await exchange.publish(
        aio_pika.Message(event.to_json(), headers=dict(envelope.to_headers())), event.routing_key, mandatory=False
    )


async def effects(notes: Notes) -> Report:
    """Compare what was sent with what was noted and what is still among the failures."""
    waiting = await notes.connection.fetch("select message_id from failures where state = 'waiting'")
    return judge(notes.sent, await notes.noted(), [row["message_id"] for row in waiting])


async def test_when_a_field_is_new_the_old_replica_beside_the_new_one_ignores_it(
    notes: Notes, ledger: Ledger, upcoming: NextVersion
) -> None:
    await notes.start()
    await notes.start(NEXT_PROBE)
    ledger.injected("versions meet")

    await notes.send(*(submitted(f"P{number}") for number in range(MANY)))
    facts = submitted().model_dump()
    for number in range(MANY):
        await notes.send(upcoming.submitted(**facts | {"project_id": f"Q{number}", "access": STEP_FREE}))

    ledger.judged(await notes.judged())
    read_by_new = await notes.connection.fetchval("select count(*) from notes where project_id = $1", STEP_FREE)
    read_by_old = await notes.connection.fetchval("select count(*) from notes where project_id like 'Q%'")
    assert read_by_new + read_by_old == MANY
    assert read_by_new
    assert read_by_old


async def test_a_second_version_of_an_event_is_no_failure_of_those_who_subscribe_to_the_first(
    notes: Notes, ledger: Ledger, upcoming: NextVersion
) -> None:
    await notes.start()
    ledger.injected("versions meet")

    published_in_both = [submitted(f"P{number}") for number in range(20)]
    for event in published_in_both:
        await notes.send(event)
        await publish(notes, upcoming.submitted_2(project_id=event.project_id, hours=20))

    ledger.judged(await notes.judged())
    assert await notes.failed() == []


async def test_what_only_the_next_version_knows_is_kept_and_handled_after_the_upgrade(
    notes: Notes, ledger: Ledger, upcoming: NextVersion
) -> None:
    """The queue is bound to the new event before the first new replica starts: `migrate` comes first."""
    old = await notes.start()
    queue = await notes.channel.get_queue(SCREENING.name, ensure=False)
    await queue.bind(EVENTS, upcoming.submitted_2.routing_key)
    ledger.injected("versions meet")
    try:
        await notes.send(*(upcoming.submitted_2(project_id=f"P{number}", hours=20) for number in range(20)))

        async def all_are_kept() -> bool:
            return sorted(await notes.failed()) == sorted(notes.sent)

        await until(all_are_kept)
        await notes.start(NEXT_PROBE)
        await notes.send(*(upcoming.submitted_2(project_id=f"Q{number}", hours=20) for number in range(20)))
        await until(notes.at_rest)
        await old.stop()
        urls = AdministratorUrls(notes.database_url, notes.amqp_url)
        for failure in await failures.list_failures(urls, state="waiting"):
            if failure["message_type"] == upcoming.submitted_2.type:
                assert await failures.decide(urls, failure["name"], retry=True)

        async def all_are_handled() -> bool:
            return set(await notes.noted()) >= set(notes.sent)

        await until(all_are_handled)
    finally:
        await queue.unbind(EVENTS, upcoming.submitted_2.routing_key)
    ledger.judged(await effects(notes))


@asynccontextmanager
async def under_load(notes: Notes) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Two replicas and a stream of events while the block lasts; yields what waits until a few more are handled."""
    await notes.start()
    await notes.start()

    async def a_few_more_are_handled() -> None:
        before = len(await notes.noted())

        async def are_handled() -> bool:
            return len(await notes.noted()) > before + 100

        async with asyncio.timeout(20):
            await until(are_handled)

    async with sustained_load(notes):
        yield a_few_more_are_handled


async def test_when_migrations_are_repeated_while_services_work(notes: Notes, ledger: Ledger) -> None:
    own = addresses(notes.database_url, None, {}).database
    async with under_load(notes) as a_few_more_are_handled:
        await a_few_more_are_handled()
        for _ in range(2):
            ledger.injected("migration", times=2)
            at_once = (
                migrate(database_url=notes.database_url, amqp_url=notes.amqp_url, service_urls=own) for _ in range(2)
            )
            await asyncio.gather(*at_once)
            await a_few_more_are_handled()
    ledger.judged(await notes.judged())
    assert await notes.failed() == []


ADDED = """
alter table inbox add column note text;
alter table failures add column note text not null default '';
alter table notes add column comments text not null default '';
create table remarks (project_id text primary key, remark text not null);
create index notes_of_a_project on notes (project_id);
"""

PRESENT = max(file.stem[:4] for file in migrations(SCREENING.name).glob("[0-9]*.sql"))
"""The newest of screening's migrations."""


@pytest.fixture
def added(tmp_path: Path) -> Path:
    """Screening's migrations, with one more."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations(SCREENING.name), folder)
    (folder / "9999_added.sql").write_text(ADDED)
    return folder


async def prepare(notes: Notes, folder: Path) -> None:
    own = addresses(notes.database_url, None, {}).database[SCREENING.name]
    await prepare_schema(notes.database_url, service=SCREENING.name, url=own, migrations=folder)


async def test_when_tables_and_columns_are_added_while_services_work(notes: Notes, ledger: Ledger, added: Path) -> None:
    async with under_load(notes) as a_few_more_are_handled:
        await a_few_more_are_handled()
        ledger.injected("migration")
        await prepare(notes, added)
        await a_few_more_are_handled()
    ledger.judged(await notes.judged())
    assert await notes.failed() == []
    assert await notes.connection.fetchval("select count(*) from remarks") == 0
    assert await notes.connection.fetchval("select version_num from version") == "9999"


@pytest.fixture
async def dead_letter(notes: Notes) -> None:
    """An event that expired while no process ran."""
    event = submitted("expired")
    envelope = Envelope(id="expired", source="intake", type=event.type, time=notes.clock())
    exchange = await notes.channel.get_exchange(EVENTS, ensure=False)
    message = aio_pika.Message(event.to_json(), headers=dict(envelope.to_headers()), expiration=0.001)
    await exchange.publish(message, event.routing_key)
    notes.sent["expired"] = event

    async def is_dead() -> bool:
        name = dead_letter_queue(SCREENING.name)
        declared = await notes.channel.declare_queue(name, passive=True, durable=True)
        return declared.declaration_result.message_count == 1

    await until(is_dead)


async def test_failures_and_dead_letters_are_kept_across_an_upgrade_and_a_rollback(
    notes: Notes, ledger: Ledger, added: Path, dead_letter: None
) -> None:
    """What one version could not handle the other can, once the cause is mended, after the upgrade or the rollback."""
    urls = AdministratorUrls(notes.database_url, notes.amqp_url)
    await notes.connection.execute("alter table notes add constraint all_fail_of_this check (false)")

    async def keep(version: str) -> None:
        """Run a version that fails to handle whatever is sent to it."""
        process = await notes.start(version, first=disable_retries)
        await notes.send(*(submitted(f"P{number}") for number in range(5)))

        async def are_kept() -> bool:
            return sorted(await notes.failed()) == sorted(notes.sent)

        await until(are_kept)
        await process.stop()

    async def retry(version: str, number: int) -> None:
        """Have a version handle so many of the failures, the oldest first."""
        noted = len(await notes.noted())
        process = await notes.start(version)
        for failure in (await failures.list_failures(urls, state="waiting"))[:number]:
            assert await failures.decide(urls, failure["name"], retry=True)
        process.wake()
        await notes.until_noted(noted + number)
        await process.stop()

    await keep(PROBE)
    ledger.injected("upgrade")
    await prepare(notes, added)
    await declare_all(notes.amqp_url)
    await keep(NEXT_PROBE)
    await notes.connection.execute("alter table notes drop constraint all_fail_of_this")
    await retry(NEXT_PROBE, 3)
    ledger.injected("rollback")
    await retry(PROBE, 8)

    ledger.judged(await notes.judged())
    assert await notes.failed() == []


@asynccontextmanager
async def somebody_reads(notes: Notes) -> AsyncIterator[Any]:
    """A transaction that has read the table to be changed, and does not end while the block lasts."""
    reader = await asyncpg.connect(notes.database_url, server_settings={"application_name": "a long report"})
    transaction = reader.transaction()
    await transaction.start()
    await reader.execute("select count(*) from screening.notes")
    try:
        yield reader
    finally:
        await transaction.rollback()
        await reader.close()


async def test_when_a_migration_waits_for_a_long_transaction_nobody_waits_behind_it(
    notes: Notes, ledger: Ledger, added: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration, "LOCK_WITHIN_MILLISECONDS", 200)
    monkeypatch.setattr(migration, "PAUSE", 0.2)
    async with under_load(notes) as a_few_more_are_handled:
        async with somebody_reads(notes):
            ledger.injected("migration")
            migrating = asyncio.create_task(prepare(notes, added))
            for _ in range(3):
                await a_few_more_are_handled()
            assert not migrating.done()
        await migrating
        await a_few_more_are_handled()
    ledger.judged(await notes.judged())
    assert await notes.connection.fetchval("select version_num from version") == "9999"


async def test_a_migration_that_is_kept_waiting_for_good_says_by_whom(
    notes: Notes, added: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration, "LOCK_WITHIN_MILLISECONDS", 50)
    monkeypatch.setattr(migration, "PAUSE", 0.01)
    monkeypatch.setattr(migration, "TRIES", 3)
    async with somebody_reads(notes) as reader:
        with pytest.raises(MigrationBlocked, match=rf"process {reader.get_server_pid()} of \S+ \(a long report\)"):
            await prepare(notes, added)
    assert await notes.connection.fetchval("select version_num from version") == PRESENT
