"""The users that the definitions make, on the broker of the test run, in its first virtual host."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from tests.support.servers import BROKER, broker_url

ChannelOf = Callable[[str], AbstractAsyncContextManager[AbstractChannel]]


@pytest.fixture
def channel_of() -> ChannelOf:
    """Opens a channel as a service or as an outside system."""

    @asynccontextmanager
    async def channel_of(user: str) -> AsyncIterator[AbstractChannel]:
        async with await aio_pika.connect(broker_url(os.environ[BROKER], user=user)) as connection:
            yield await connection.channel(on_return_raises=True)

    return channel_of
