"""Services in processes of their own, which a test may kill.

They are forked from a server that has imported everything, so that each starts in a moment. When the process that
started them dies, they end too.
"""

import asyncio
import os
import signal
import socket
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import uvicorn
import uvloop

from ninthweek.services import NAMES, ROOMS, load
from ninthweek.serving import Server
from ninthweek.settings import authenticator_from_environment
from shared.clock import Clock, system_time
from shared.database.roles import service_url
from shared.runtime.replica import Replica, running
from shared.runtime.settings import RuntimeSettings
from shared.web.application import application
from tests.support.crash_points import CRASH_POINTS, freeze_instead
from tests.support.next_version import next_noting_probe
from tests.support.probe import noting_probe
from tests.support.shared_clock import SharedClock
from tests.support.waiting import until

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

PROBE = "probe"
NEXT_PROBE = "probe of the next version"
PROBES = {PROBE: noting_probe, NEXT_PROBE: next_noting_probe}

STARTS_WITHIN = 60.0
"""Seconds; far less is needed, but the first one waits for all imports, and the machine may be busy."""

STOPS_WITHIN = 40.0
"""Seconds for an orderly end: longer than a replica takes at most for what it was delivered."""

_forks = get_context("forkserver")
_forks.set_forkserver_preload(["__main__", __name__, *(f"services.{name}.{room}" for name in NAMES for room in ROOMS)])


class NeverStarted(Exception):
    """A process ended before its service ran; the text is its error."""


@dataclass
class ServiceProcess:
    """One replica of a service, in a process of its own. `start_process` makes one."""

    service: str
    pid: int
    http_port: int | None
    """Where it listens, if it does."""
    _process: ForkServerProcess
    _ended: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _is_stopping: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        asyncio.get_running_loop().add_reader(self._process.sentinel, self._reap)

    @property
    def alive(self) -> bool:
        return not self._ended.is_set()

    @property
    def serves(self) -> bool:
        """Whether it runs and was not asked to stop."""
        return self.alive and not self._is_stopping

    async def kill(self) -> None:
        """End it by SIGKILL, unless it has ended already."""
        self._send(signal.SIGKILL)
        await self.ended()

    async def stop(self) -> int:
        """Ask it to stop in order, and wait until it did; its exit code."""
        self._is_stopping = True
        self._send(signal.SIGTERM)
        async with asyncio.timeout(STOPS_WITHIN):
            return await self.ended()

    async def ended(self) -> int:
        """Wait until it has ended; its exit code, or the negative number of the signal that it died of."""
        await self._ended.wait()
        assert self._process.exitcode is not None
        return self._process.exitcode

    def freeze(self) -> None:
        """Let it stand still, as if its machine did."""
        self._send(signal.SIGSTOP)

    async def frozen(self) -> None:
        """Wait until it stands still."""

        async def stands_still() -> bool:
            return psutil.Process(self.pid).status() == psutil.STATUS_STOPPED

        await until(stands_still)

    def thaw(self) -> None:
        """Let it go on where it was."""
        self._send(signal.SIGCONT)

    def wake(self) -> None:
        """Let its relay look at what is due: the programme's clock was stepped."""
        if not self._is_stopping:
            self._send(signal.SIGUSR1)

    def _send(self, number: signal.Signals) -> None:
        if self.alive and self._process.exitcode is None:
            os.kill(self.pid, number)

    def _reap(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._process.join()
        self._ended.set()


@dataclass(frozen=True)
class _Order:
    """What a new process is to run."""

    service: str
    database_url: str
    amqp_url: str
    clock: Path | None
    http_port: int | None
    settings: RuntimeSettings | None
    die: str | None
    freeze: str | None
    first: Callable[[], None] | None
    environment: Mapping[str, str]


async def start_process(
    service: str,
    *,
    database_url: str,
    amqp_url: str,
    clock: Path | None = None,
    http_port: int | None = None,
    settings: RuntimeSettings | None = None,
    die: str | None = None,
    freeze: str | None = None,
    first: Callable[[], None] | None = None,
    environment: Mapping[str, str] = {},
) -> ServiceProcess:
    """Run one replica of a service in a process of its own; returns once it consumes, and listens at `http_port`.

    `service` is a service's name, or one of the `PROBES`; the URLs are the administrator's. `clock` is the file of a
    `SharedClock`.
    `die` names one of the `CRASH_POINTS`: there the process kills itself, even before it has quite started.
    `freeze` names one at which it stands still until it is thawed.
    The process calls `first` before anything else. `environment` is added to this process's own.
    Raises `NeverStarted`.
    """
    surroundings = {**os.environ, **environment}
    order = _Order(service, database_url, amqp_url, clock, http_port, settings, die, freeze, first, surroundings)
    reports, report = _forks.Pipe(duplex=False)
    process = _forks.Process(target=_run, args=(order, report), daemon=True)
    await asyncio.to_thread(process.start)
    report.close()
    assert process.pid is not None
    started = ServiceProcess(service, process.pid, http_port, process)
    try:
        async with asyncio.timeout(STARTS_WITHIN):
            problem = await _first_report(reports, if_it_died="" if die else "it died")
    except BaseException:
        await started.kill()
        raise
    finally:
        reports.close()
    if problem:
        await started.kill()
        raise NeverStarted(problem)
    return started


async def _first_report(reports: "Connection[str, str]", *, if_it_died: str) -> str:
    """What a new process reports: the error with which it could not start, or nothing once its service runs."""
    readable = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(reports.fileno(), readable.set)
    try:
        await readable.wait()
        return reports.recv()
    except EOFError:
        return if_it_died
    finally:
        loop.remove_reader(reports.fileno())


def _run(order: _Order, report: "Connection[str, str]") -> None:
    """What the new process does."""
    threading.Thread(target=_die_with_the_parent, daemon=True).start()
    os.environ.clear()
    os.environ.update(order.environment)
    if order.first is not None:
        order.first()
    try:
        uvloop.run(_serve(order, report))
    except BaseException:
        with suppress(OSError):  # it has long started, and nobody listens any more
            report.send(traceback.format_exc())
        raise


def _die_with_the_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGKILL)


async def _serve(order: _Order, report: "Connection[str, str]") -> None:
    """Run the replica until SIGTERM, and stop it in order. Raises the error of which its runtime crashed."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    service = PROBES[order.service]() if order.service in PROBES else load(order.service)
    runs: asyncio.Future[Replica] = loop.create_future()
    if order.freeze:
        freeze_instead()
    if point := order.die or order.freeze:
        CRASH_POINTS[point](service, lambda: asyncio.shield(runs))
    async with AsyncExitStack() as stack:
        replica = await stack.enter_async_context(
            running(
                service,
                database_url=service_url(order.database_url, service.name),
                amqp_url=order.amqp_url,
                clock=_clock(order),
                settings=order.settings,
            )
        )
        runs.set_result(replica)
        loop.add_signal_handler(signal.SIGUSR1, replica.relay.wake)
        replica.crash.add_done_callback(lambda _crash: stopping.set())
        if order.http_port is not None:
            await stack.enter_async_context(_listening(replica, order.http_port))
        report.send("")
        await stopping.wait()
    if replica.crash.done():
        replica.crash.result()


def _clock(order: _Order) -> Clock:
    return SharedClock(order.clock) if order.clock else system_time


@asynccontextmanager
async def _listening(replica: Replica, port: int) -> AsyncIterator[None]:
    """Serve the replica's routes while the block lasts."""
    routes = application([replica], authenticator_from_environment())
    server = Server(uvicorn.Config(routes, log_config=None, access_log=False, lifespan="off"))
    listener = socket.create_server(("127.0.0.1", port))
    serving = asyncio.create_task(server.serve([listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
