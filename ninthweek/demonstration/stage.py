"""Where a term is played: all services running on real servers, a clock to step, and clients for all who act."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import httpx

from ninthweek.addresses import addresses
from ninthweek.demonstration.api import Api
from ninthweek.demonstration.chronicle import Chronicle
from ninthweek.demonstration.clock import SteppedClock
from ninthweek.demonstration.outside import OutsideSystems
from ninthweek.demonstration.quiet import quiet
from ninthweek.demonstration.term import Term
from ninthweek.migration import migrate
from ninthweek.running import running_services
from ninthweek.services import NAMES
from ninthweek.serving import listening
from ninthweek.settings import AdministratorUrls, authenticator_from_environment
from shared.contracts.directory import OUTSIDE_SYSTEMS
from shared.contracts.submissions import ApplicationForm
from shared.database.connection import DatabaseAway
from shared.runtime.replica import Replica
from shared.web.authentication import STAFF

ANSWERED_WITHIN = 60.0
"""Seconds that a request may take: far more than it needs, since the machine may be busy."""

PAUSE = 0.25
"""Seconds between two tries to reach a database that is away."""


@dataclass(frozen=True)
class Stage:
    """All that a term is played with."""

    urls: AdministratorUrls
    clock: SteppedClock
    chronicle: Chronicle
    replicas: dict[str, Replica]
    staff: Api
    outside: OutsideSystems

    async def quiet(self) -> None:
        """Wait until all is quiet; raises `NeverQuiet`, and the error of a service that has crashed."""
        becoming_quiet = asyncio.create_task(quiet(self.chronicle, self.replicas.values()))
        crashes = {replica.crash for replica in self.replicas.values()}
        done, _ = await asyncio.wait({becoming_quiet, *crashes}, return_when=asyncio.FIRST_COMPLETED)
        if becoming_quiet not in done:
            becoming_quiet.cancel()
        for ended in done:
            ended.result()

    async def next_timer(self) -> datetime | None:
        """The moment of the earliest timer of all services; waits for the database where it is away."""
        while True:
            try:
                timers = [await replica.next_timer() for replica in self.replicas.values()]
            except DatabaseAway:
                await asyncio.sleep(PAUSE)
            else:
                return min((timer for timer in timers if timer is not None), default=None)

    def step_to(self, moment: datetime) -> None:
        """Step the programme's clock to a moment, and have every relay look for timers that are due by then."""
        self.clock.step_to(moment)
        for replica in self.replicas.values():
            replica.relay.wake()


@asynccontextmanager
async def stage_for(term: Term, urls: AdministratorUrls) -> AsyncIterator[Stage]:
    """Prepare both servers, which must be empty, and run all services while the block lasts; yields the stage."""
    own = addresses(urls.database, urls.amqp, {})
    await migrate(database_url=urls.database, amqp_url=urls.amqp, service_urls=own.database)
    clock, chronicle, authenticator = SteppedClock(term.begins_at), Chronicle(NAMES), authenticator_from_environment()
    async with (
        running_services(own, names=NAMES, authenticator=authenticator, clock=clock, observer=chronicle) as running,
        listening(running.application) as url,
        httpx.AsyncClient(base_url=url, timeout=ANSWERED_WITHIN) as client,
    ):
        portal = next(system.name for system in OUTSIDE_SYSTEMS if ApplicationForm in system.sends)
        yield Stage(
            urls=urls,
            clock=clock,
            chronicle=chronicle,
            replicas=running.replicas,
            staff=Api(client, STAFF, authenticator.tokens[STAFF]),
            outside=OutsideSystems(
                urls.amqp, Api(client, portal, authenticator.tokens[portal]), term.folder, chronicle
            ),
        )
