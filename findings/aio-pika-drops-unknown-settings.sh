#!/usr/bin/env bash
# aio-pika 10.2.1 on aiormq 7.2.4, Python 3.11
#
# aio-pika's connections take any keyword, keep those on their list, and drop the others in silence: a misspelt setting
# is no error, and a transport_factory, which aiormq's own Connection takes, never reaches aiormq. (connect_robust()
# wants to write it into the URL and raises a TypeError of yarl.) Put into the connection's kwargs, it does.
#
# Seen (nothing listens on the port):
#   connect_robust(url, heartbeet=5): AMQPConnectionError
#   RobustConnection(url, transport_factory=...): AMQPConnectionError, the factory was used: False
#   connection.kwargs["transport_factory"] = ...: AMQPConnectionError, the factory was used: True

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet aio-pika==10.2.1 aiormq==7.2.4

"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import socket

from aio_pika import RobustConnection, connect_robust
from aio_pika.exceptions import AMQPConnectionError
from aiormq.connection import TCPTransportFactory
from yarl import URL


class Noting(TCPTransportFactory):
    used = False

    async def create(self, *arguments, **keywords):
        self.used = True
        return await super().create(*arguments, **keywords)


async def refused(connecting) -> str:
    try:
        await connecting
    except AMQPConnectionError as error:
        return type(error).__name__
    raise SystemExit("connected")


async def main() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = URL(f"amqp://127.0.0.1:{unused.getsockname()[1]}/")

    print(f"connect_robust(url, heartbeet=5): {await refused(connect_robust(url, heartbeet=5))}")

    factory = Noting()
    connection = RobustConnection(url, transport_factory=factory)
    error = await refused(connection.connect())
    print(f"RobustConnection(url, transport_factory=...): {error}, the factory was used: {factory.used}")
    assert not factory.used

    connection = RobustConnection(url)
    connection.kwargs["transport_factory"] = factory
    error = await refused(connection.connect())
    print(f'connection.kwargs["transport_factory"] = ...: {error}, the factory was used: {factory.used}')
    assert factory.used


asyncio.run(main())
PYTHON
