"""The services of a term, each replica in a process of its own that is started again whenever it ends."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import httpx

from ninthweek.servers.ports import free_port
from ninthweek.services import load
from shared import logs
from shared.runtime import Work
from shared.runtime.failures import error_handler
from shared.runtime.service import Handler
from tests.soak.store import note_handled
from tests.support.processes import NeverStarted, ServiceProcess, start_process

LOG = "SOAK_LOG"

OWNERS = {
    "rounds": "intake",
    "projects": "intake",
    "applications": "intake",
    "documents": "intake",
    "reviews": "screening",
    "rankings": "matching",
    "offers": "matching",
    "placements": "matching",
    "surveys": "evaluation",
    "reports": "evaluation",
}
"""The service that owns a noun of the API, as `deploy/door/Caddyfile` has it."""

OPENS_WITHIN = 120.0
PAUSE = 0.3
"""Seconds between two tries to start a service whose servers are away."""


def prepare(name: str) -> None:
    """In a service's process, before it runs: make it fit for the soak.

    Its log goes to the soak's, it tries what failed again after moments, and it notes in each handler's transaction
    that the handler was called: handlers are made so that a second call often changes nothing that could be seen.
    """
    log = os.open(os.environ[LOG], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    logs.configure()
    logging.basicConfig(level=logging.ERROR)
    error_handler.RETRIES = (timedelta(seconds=0.2), timedelta(seconds=0.5), timedelta(seconds=1), timedelta(seconds=2))
    error_handler.WAITS = tuple(timedelta(seconds=min(seconds.total_seconds(), 1)) for seconds in error_handler.WAITS)
    service = load(name)
    service.handlers = {type_: replace(handler, call=_noting(handler)) for type_, handler in service.handlers.items()}


def _noting(handler: Handler) -> Callable[[Any, Work], Awaitable[None]]:
    async def call(message: Any, work: Work) -> None:
        if work.cause is not None:
            await note_handled(work.connection, work.cause.id)
        await handler.call(message, work)

    call.__qualname__ = handler.name  # as it stands in failures
    return call


@dataclass
class Place:
    """One replica's place, which one process after the other takes."""

    service: str
    port: int
    database_url: str
    amqp_url: str
    process: ServiceProcess | None = None
    is_ending: bool = False
    """Whether its process is being ended by us."""


class Supervisor:
    """All replicas of all services. `database_urls` and `amqp_urls` are the administrator's by service."""

    def __init__(
        self,
        database_urls: Mapping[str, str],
        amqp_urls: Mapping[str, str],
        *,
        clock: Path,
        environment: Mapping[str, str],
        dice: Random,
    ) -> None:
        self._clock = clock
        self._environment = environment
        self._keepers: list[asyncio.Task[None]] = []
        self._closing = asyncio.Event()
        self.crashes: list[str] = []
        """Processes that ended though nobody ended them, in words."""
        self.places = [
            Place(service, free_port(), url, amqp_urls[service])
            for service, url in database_urls.items()
            for _ in range(dice.choice([1, 2]))
        ]

    @property
    def at_work(self) -> list[Place]:
        """The places whose process runs and is not being ended."""
        return [place for place in self.places if place.process is not None and not place.is_ending]

    def ports(self, service: str) -> list[int]:
        return [place.port for place in self.at_work if place.service == service]

    async def open(self) -> None:
        """Start everything; returns when every replica runs. Raises `TimeoutError`, and the log says why."""
        self._keepers = [asyncio.create_task(self._keep(place)) for place in self.places]
        async with asyncio.timeout(OPENS_WITHIN):
            while len(self.at_work) < len(self.places):
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        """Stop everything in order."""
        self._closing.set()
        await asyncio.gather(*(self.stop(place) for place in self.at_work))
        await asyncio.gather(*self._keepers)

    async def abandon(self) -> None:
        """Kill everything that still runs."""
        self._closing.set()
        for place in self.at_work:
            await self.kill(place)
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)

    def wake(self) -> None:
        for place in self.at_work:
            if place.process is not None:
                place.process.wake()

    async def kill(self, place: Place) -> None:
        if place.process is not None:
            place.is_ending = True
            await place.process.kill()

    async def stop(self, place: Place) -> None:
        """End a process in order; one that does not end so counts as crashed."""
        if place.process is None:
            return
        place.is_ending = True
        try:
            code = await place.process.stop()
        except TimeoutError:
            self.crashes.append(f"{place.service} did not stop within its time")
            await place.process.kill()
        else:
            if code not in {0, -signal.SIGKILL}:
                self.crashes.append(f"{place.service} was stopped in order and ended with {code}")

    async def freeze(self, place: Place, seconds: float) -> None:
        """Let a process stand still for a while, as if its machine did."""
        process = place.process
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.freeze()
        try:
            await asyncio.sleep(seconds)
        finally:
            with suppress(ProcessLookupError):
                process.thaw()

    async def _keep(self, place: Place) -> None:
        while not self._closing.is_set():
            try:
                process = await start_process(
                    place.service,
                    database_url=place.database_url,
                    amqp_url=place.amqp_url,
                    clock=self._clock,
                    http_port=place.port,
                    first=partial(prepare, place.service),
                    environment=self._environment,
                )
            except (NeverStarted, TimeoutError) as error:
                logging.getLogger("soak").info("%s did not start: %s", place.service, error)
                await asyncio.sleep(PAUSE)
                continue
            place.process, place.is_ending = process, self._closing.is_set()
            if self._closing.is_set():
                await process.stop()
            code = await process.ended()
            if not place.is_ending:
                self.crashes.append(f"{place.service} ended by itself with {code}")
            place.process, place.is_ending = None, False


class ReverseProxy(httpx.AsyncBaseTransport):
    """Passes each request on to a replica of the service that owns its noun."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._random = Random(0)
        self._transport = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        ports = self._supervisor.ports(OWNERS[request.url.path.split("/")[1]])
        if not ports:
            raise httpx.ConnectError("no replica runs", request=request)
        request.url = request.url.copy_with(host="127.0.0.1", port=self._random.choice(ports))
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        await self._transport.aclose()
