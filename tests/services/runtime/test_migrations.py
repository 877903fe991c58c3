"""What an earlier version left in the runtime's tables is carried over by its migrations."""

from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from shared.clock import system_time
from shared.contracts.envelope import Envelope, identity
from shared.database.connection import prepare_codecs
from shared.database.preparation import RUNTIME_MIGRATIONS
from tests.support.probe import submitted

NOW = system_time()
LATER = NOW + timedelta(days=1)


async def test_the_outbox_of_0001_becomes_what_was_published_is_unsent_and_waits(test_database_url: str) -> None:
    connection = await asyncpg.connect(test_database_url)
    await prepare_codecs(connection)
    await connection.execute("create schema earlier; set search_path to earlier")
    await connection.execute((RUNTIME_MIGRATIONS / "0001_messages.sql").read_text())
    event = submitted("P1")
    envelope = Envelope(id="e1", source="intake", type=event.type, time=NOW)
    rows = {
        "sent": {"sent_at": NOW},
        "unsent": {},
        "timer": {"due_at": LATER},
        "fired timer": {"due_at": NOW, "sent_at": NOW},
        "retry": {"retry_at": LATER},
    }
    ids = {name: uuid4() for name in rows}
    for name, times in rows.items():
        await connection.execute(
            "insert into outbox"
            " (id, exchange, routing_key, headers, body, mandatory, said_at, due_at, retry_at, sent_at)"
            " values ($1, 'events', 'project.submitted', $2, $3, true, $4, $5, $6, $7)",
            ids[name],
            envelope.to_headers(),
            event.to_json(),
            NOW,
            *(times.get(column) for column in ("due_at", "retry_at", "sent_at")),
        )
    handled = uuid4()
    await connection.execute("insert into inbox values ($1, $2)", handled, NOW)

    async with connection.transaction():
        await connection.execute((RUNTIME_MIGRATIONS / "0002_rings.sql").read_text())

    published = await connection.fetch("select id, identity from outbox")
    assert {row["id"] for row in published} == {ids["sent"], ids["unsent"]}
    assert {row["identity"] for row in published} == {identity(envelope, event.to_json())}
    assert [row["id"] for row in await connection.fetch("select id from unsent")] == [ids["unsent"]]
    waiting = {row["id"]: (row["due_at"], row["retry_at"]) for row in await connection.fetch("select * from waiting")}
    assert waiting == {ids["timer"]: (LATER, None), ids["retry"]: (None, LATER)}
    assert await connection.fetchval("select id from inbox") == handled
    with pytest.raises(asyncpg.UndefinedTableError):
        await connection.fetch("select from outbox_of_0001")
    await connection.close()
