"""How to tell that the broker is away."""

import asyncio

from aio_pika.exceptions import AMQPError, ChannelInvalidStateError

BROKER_AWAY = (AMQPError, ChannelInvalidStateError, ConnectionError, asyncio.InvalidStateError)
"""What is raised where the broker, a channel, or the way to it is gone."""
