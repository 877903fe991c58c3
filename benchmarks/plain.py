"""The peer: a FastStream subscriber as FastStream's documentation has it, with no inbox and no outbox.

It inserts the row in a transaction, publishes with confirm after the commit, and acknowledges the message when that is
done. A crash in between loses the event or does the work twice.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date

from faststream.rabbit import Channel, RabbitBroker, RabbitExchange, RabbitQueue
from pydantic import BaseModel

from benchmarks.recording import INSERT
from benchmarks.servers import Place
from shared.broker.topology import EVENTS
from shared.contracts.screening import ProjectDeclined
from shared.database.connection import connect_pool
from shared.runtime.settings import RuntimeSettings


class Project(BaseModel):
    """What the subscriber reads of a project: all its fields."""

    project_id: str
    revision: int
    round_id: str
    host_id: str
    title: str
    category: str
    mode: str
    scope: str
    tasks: list[str]
    deliverables: list[str]
    strategic_focus: str
    supervision: str
    supervisor_name: str
    skills: list[str]
    attributes: list[str]
    disciplines: list[str]
    places: int
    week: int
    days: int
    starts_on: date


class Declined(BaseModel):
    """What the subscriber publishes."""

    project_id: str
    revision: int
    round_id: str
    host_id: str
    comments: str


@asynccontextmanager
async def plain_subscriber(
    place: Place,
    *,
    begun: Callable[[], None] = lambda: None,
    committed: Callable[[Project], None] = lambda _: None,
    ended: Callable[[], None] = lambda: None,
) -> AsyncIterator[None]:
    """Consume screening's queue while the block lasts, with the same prefetch and pool as the service has.

    It calls `begun` when a message is taken, `committed` after its commit, `ended` when its event is confirmed.
    """
    settings = RuntimeSettings()
    broker = RabbitBroker(place.amqp_url, logger=None)
    events = RabbitExchange(EVENTS, declare=False)
    pool = await connect_pool(place.service_url("screening"), schema="screening", size=settings.pool_size)

    @broker.subscriber(RabbitQueue("screening", declare=False), channel=Channel(prefetch_count=settings.prefetch))
    async def decline(project: Project) -> None:
        begun()
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(INSERT, project.title, project.project_id)
        committed(project)
        declined = Declined(
            project_id=project.project_id,
            revision=project.revision,
            round_id=project.round_id,
            host_id=project.host_id,
            comments="No.",
        )
        await broker.publish(declined, exchange=events, routing_key=ProjectDeclined.routing_key, persist=True)
        ended()

    async with broker:
        await broker.start()
        yield
    await pool.close()
