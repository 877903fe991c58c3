"""All services in one process, behind one HTTP application; they still meet only over RabbitMQ."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from ninthweek.addresses import Addresses
from ninthweek.services import load
from shared.clock import Clock
from shared.runtime.observer import Observer
from shared.runtime.replica import Replica, running
from shared.telemetry import tracing
from shared.web.application import WebApplication, application
from shared.web.authentication import Authenticator


@dataclass(frozen=True)
class RunningServices:
    """Running replicas by the names of their services, and the application that has all their routes."""

    replicas: dict[str, Replica]
    application: WebApplication


@asynccontextmanager
async def running_services(
    addresses: Addresses,
    *,
    names: tuple[str, ...],
    authenticator: Authenticator,
    clock: Clock,
    observer: Observer | None = None,
) -> AsyncIterator[RunningServices]:
    """Run a replica of each named service while the block lasts. `migrate` must have prepared both servers."""
    async with AsyncExitStack() as stack:
        stack.enter_context(tracing())
        replicas = {}
        for name in names:
            replicas[name] = await stack.enter_async_context(
                running(
                    load(name),
                    database_url=addresses.database[name],
                    amqp_url=addresses.amqp[name],
                    clock=clock,
                    observer=observer,
                )
            )
        yield RunningServices(replicas, application(list(replicas.values()), authenticator))
