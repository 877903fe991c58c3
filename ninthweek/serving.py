"""Runs services behind an HTTP server until the process is asked to stop."""

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from ninthweek.addresses import Addresses
from ninthweek.running import running_services
from shared.clock import Clock, system_time
from shared.web.authentication import Authenticator


class Server(uvicorn.Server):
    """Uvicorn without its signal handling: it would raise the signal again while the services are still stopping."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    addresses: Addresses,
    *,
    names: tuple[str, ...],
    authenticator: Authenticator,
    host: str,
    port: int,
    clock: Clock = system_time,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGINT or SIGTERM; then take no more requests, stop the services in order, and return.

    Raises the error of a service whose runtime crashed: the process ends, and whoever started it can start it again.
    """
    async with running_services(addresses, names=names, authenticator=authenticator, clock=clock) as running:
        gc.freeze()  # what is loaded by now stays: no request has to wait while the collector goes through it
        server = Server(
            uvicorn.Config(running.application, host=host, port=port, log_config=None, access_log=False, lifespan="off")
        )

        def stop() -> None:
            server.should_exit = True

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        for replica in running.replicas.values():
            replica.crash.add_done_callback(lambda _crash: stop())
        ready()
        await server.serve()
        for replica in running.replicas.values():
            if replica.crash.done():
                replica.crash.result()


@asynccontextmanager
async def listening(application: ASGIApp, port: int = 0) -> AsyncIterator[str]:
    """Serve an application on this machine while the block lasts; yields its URL. The port is a free one by default."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        server = Server(uvicorn.Config(application, log_config=None, access_log=False, lifespan="off"))
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
