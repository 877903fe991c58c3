"""Counts round trips to PostgreSQL where they cannot be missed: on the wire."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

_ASKS_FOR_AN_ANSWER = b"QSH"
"""Query, Sync and Flush (PostgreSQL's documentation, "Message Formats"): after each, a client waits."""


class RoundTrips:
    """How often a client waited for the server, over all of its connections."""

    def __init__(self, url: str) -> None:
        self.url = url
        """Where the client is to connect to."""
        self.count = 0


@asynccontextmanager
async def counting_round_trips(url: str) -> AsyncIterator[RoundTrips]:
    """Stand between clients and the server of `url` while the block lasts; without TLS."""
    address = urlsplit(url)
    connected: set[asyncio.Task[None]] = set()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(address.hostname, address.port)
        tasks = {
            asyncio.create_task(_count(reader, to_server, trips)),
            asyncio.create_task(_pass_on(from_server, writer)),
        }
        connected.update(tasks)

    server = await asyncio.start_server(forward, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    credentials = address.netloc.rpartition("@")[0]
    trips = RoundTrips(urlunsplit(address._replace(netloc=f"{credentials}@{host}:{port}", query="sslmode=disable")))
    try:
        yield trips
    finally:
        server.close()
        for task in connected:
            task.cancel()
        await asyncio.gather(*connected, return_exceptions=True)


async def _count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, trips: RoundTrips) -> None:
    """Pass on what the client sends, message by message; the first, by which it begins, has no type."""
    kind = b""
    while True:
        length = await reader.readexactly(4)
        rest = await reader.readexactly(int.from_bytes(length) - 4)
        trips.count += kind != b"" and kind in _ASKS_FOR_AN_ANSWER
        writer.write(kind + length + rest)
        await writer.drain()
        kind = await reader.readexactly(1)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while received := await reader.read(65_536):
        writer.write(received)
        await writer.drain()
    writer.close()
