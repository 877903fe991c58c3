"""Matching without a broker: the test decides what is delivered, when the process dies, and what the time is.

Its handlers, its routes and its database are the real ones.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
from prometheus_client import CollectorRegistry

from ninthweek.demonstration.clock import SteppedClock
from ninthweek.services import load
from services.matching.rules import history
from services.matching.store import history_of_round
from shared.broker.topology import EVENTS, ServiceQueue
from shared.clock import system_time
from shared.contracts.directory import MATCHING
from shared.contracts.envelope import Envelope
from shared.contracts.message import Event, type_registry
from shared.database.connection import connect_pool
from shared.database.roles import service_url
from shared.runtime import store
from shared.runtime.handling import Handling
from shared.runtime.incoming import Incoming
from shared.runtime.metrics import Metrics
from shared.runtime.outgoing import Outgoing
from shared.runtime.partitions import Partitions
from shared.runtime.service import Handler, Service
from shared.runtime.settings import RuntimeSettings
from shared.runtime.work import Work
from shared.web.application import WebApplication, routes_of
from shared.web.authentication import STAFF, Authenticator
from tests.support.running import TOKENS, connect_to

if TYPE_CHECKING:
    import asyncpg

STATEMENTS = frozenset({"execute", "executemany", "fetch", "fetchrow", "fetchval"})

TABLES = (
    *("application_steps", "placements", "offers", "rankings", "applications", "projects", "rounds", "closings"),
    *("withdrawn_applications", "withdrawn_projects", "match_settings", "releases"),
    *("inbox", "outbox", "unsent", "waiting", "failures", "suspects"),
)
"""All of its tables; one that refers to another comes before that."""

PARTITIONS = Partitions(RuntimeSettings().remember)

WHENEVER = datetime(2100, 1, 1, tzinfo=UTC)
"""By when every retry is due."""


class Death(BaseException):
    """The process dies: nothing catches this."""


class Fault(Exception):
    """A handler fails."""


@dataclass
class Trouble:
    """An error that is raised at a handler's `at`th statement, at its end where it has fewer, or after the commit."""

    error: BaseException | None = None
    at: int = 0
    after_commit: bool = False

    def strike(self) -> None:
        """Raise the error, and only once."""
        error, self.error = self.error, None
        if error is not None:
            raise error

    def before_statement(self) -> None:
        if not self.after_commit:
            if self.at == 0:
                self.strike()
            self.at -= 1

    def at_the_end(self) -> None:
        if not self.after_commit:
            self.strike()

    def after_the_commit(self) -> None:
        if self.after_commit:
            self.strike()


class _Watched:
    """A connection whose statements may raise the error."""

    def __init__(self, connection: Any, trouble: Trouble) -> None:
        self._connection = connection
        self._trouble = trouble

    def __getattr__(self, name: str) -> Any:
        if name in STATEMENTS:
            self._trouble.before_statement()
        return getattr(self._connection, name)


@dataclass(frozen=True)
class Happened:
    """All that has happened, as the tables have it: states by application, and every step and event in order."""

    states: dict[str, str]
    steps: list[dict[str, Any]]
    published: list[Event]
    failures: list[str]


@dataclass
class MatchingWithoutBroker:
    """One process of matching; where it dies, `restart` begins the next."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    tables: "asyncpg.Connection[asyncpg.Record]"
    """The administrator's connection."""
    http: httpx.AsyncClient
    service: Service
    clock: SteppedClock = field(default_factory=SteppedClock)
    trouble: Trouble = field(default_factory=Trouble)
    metrics: Metrics = field(default_factory=lambda: Metrics(MATCHING.name, CollectorRegistry()))
    handling: Handling = field(init=False)

    def __post_init__(self) -> None:
        for name, handler in self.service.handlers.items():
            self.service.handlers[name] = self._watched(handler)
        self.restart()

    def restart(self) -> None:
        """Begin as a new process does: with nothing in memory."""
        self.handling = Handling(self.service, self.pool, self.now, self, PARTITIONS, self.metrics)

    def now(self) -> datetime:
        return self.clock()

    def hand_over(self, _outgoing: list[Outgoing]) -> None:
        """Called in the relay's place once all is committed; what was published is read from the table."""
        self.trouble.after_the_commit()

    async def begin(self, clock: SteppedClock) -> None:
        """Begin with empty tables, and with this clock."""
        await self.tables.execute("; ".join(f"delete from {table}" for table in TABLES))
        self.clock = clock
        self.trouble = Trouble()
        self.restart()

    async def deliver(self, group: Sequence[Incoming]) -> None:
        """Handle a group of deliveries. Raises `Death` where that is the trouble."""
        await self.handling.handle_messages([self.handling.read(each) for each in group])

    async def due(self) -> list[Incoming]:
        """The timers and retries that are due, as the broker delivers them, in an order that is the same in every run.

        A retry is always due.
        """
        async with self.pool.acquire() as connection, connection.transaction():
            slot = self.handling.partitions.slot(system_time())
            rows = await store.waiting.release(
                connection, programme_now=self.clock(), now=WHENEVER, slot=slot, limit=1_000
            )
        return [
            Incoming.delivered(
                service=MATCHING.name,
                queue=ServiceQueue.MESSAGES,
                exchange=row.exchange,
                routing_key=row.routing_key,
                headers=row.headers,
                body=row.body,
                delivered_before=False,
            )
            for row in sorted(rows, key=lambda row: (row.headers["ce-type"], row.body))
        ]

    async def next_timer(self) -> datetime | None:
        async with self.pool.acquire() as connection:
            timer, _ = await store.waiting.next_due(connection)
        return timer

    async def happened(self) -> Happened:
        states = await self.tables.fetch("select application_id, state from applications")
        steps = await self.tables.fetch("select * from application_steps order by id")
        published = await self.tables.fetch(
            "select headers->>'ce-type' as type, body from outbox where exchange = $1 order by published_at, id", EVENTS
        )
        failures = await self.tables.fetch("select message_type || ': ' || error as failure from failures")
        return Happened(
            states={row["application_id"]: row["state"] for row in states},
            steps=[dict(row) for row in steps],
            published=[_event(row["type"], row["body"]) for row in published],
            failures=[row["failure"] for row in failures],
        )

    async def violations(self, round_id: str) -> list[str]:
        """What the check of the round's history finds wrong."""
        async with self.pool.acquire() as connection:
            return history.violations(await history_of_round(connection, round_id))

    def _watched(self, handler: Handler) -> Handler:
        async def call(message: Any, work: Work) -> None:
            work.connection = _Watched(work.connection, self.trouble)  # type: ignore[assignment]
            await handler.call(message, work)
            self.trouble.at_the_end()

        return replace(handler, call=call)


@asynccontextmanager
async def matching_without_broker(database_url: str) -> AsyncIterator[MatchingWithoutBroker]:
    """Matching, on a database whose administrator has this URL."""
    service = _copy(load(MATCHING.name))
    pool = await connect_pool(service_url(database_url, service.name), schema=service.name, size=3)
    tables = await connect_to(database_url, service.name)
    app = WebApplication(routes_of((service,)), {"authenticator": Authenticator(TOKENS)})
    transport = httpx.ASGITransport(app)
    headers = {"Authorization": f"Bearer {TOKENS[STAFF]}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://ninthweek.test", headers=headers) as http:
        matching = MatchingWithoutBroker(pool, tables, http, service)
        app.state["units_of_work"] = {service.name: _Current(lambda: matching.handling)}
        yield matching
    await tables.close()
    await pool.close()


@dataclass(frozen=True)
class _Current:
    """The units of work of the process that runs now."""

    handling: Callable[[], Handling]

    def open(self) -> Any:
        return self.handling().units_of_work.open()


def _copy(service: Service) -> Service:
    """A service of the same handlers and routes, whose handlers may be replaced."""
    copied = Service(service.card)
    copied.routes = service.routes
    copied.handlers = dict(service.handlers)
    return copied


def delivery(event: Event, *, source: str, identifier: str, at: datetime) -> Incoming:
    """An event as the broker delivers it for the first time."""
    envelope = Envelope(id=identifier, source=source, type=event.type, time=at, subject=event.subject)
    return Incoming.delivered(
        service=MATCHING.name,
        queue=ServiceQueue.MESSAGES,
        exchange=EVENTS,
        routing_key=event.routing_key,
        headers=envelope.to_headers(),
        body=event.to_json(),
        delivered_before=False,
    )


def _event(name: str, body: bytes) -> Event:
    event = type_registry[name].from_json(body)
    assert isinstance(event, Event)
    return event
