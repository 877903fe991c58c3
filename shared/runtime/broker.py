"""FastStream's broker, over the kind of connection that a service needs."""

from datetime import timedelta
from typing import Any

from faststream._internal.broker.registrator import Registrator
from faststream.rabbit import RabbitBroker

from shared.broker.connection import RECONNECT_EVERY, with_heartbeat
from shared.broker.deliveries import DeliveringConnection
from shared.runtime.subscriber import Consumption, GroupSubscriber


class ServiceBroker(RabbitBroker):
    """A broker whose connection hands deliveries to its subscribers unparsed, as soon as they arrive."""

    def __init__(self, amqp_url: str, *, reconnect_every: float | None = None) -> None:
        url = with_heartbeat(amqp_url)
        super().__init__(url, reconnect_interval=reconnect_every or RECONNECT_EVERY, logger=None, apply_types=False)
        self._connection_kwargs["connection_class"] = DeliveringConnection

    def add_group_subscriber(self, consumption: Consumption[Any], *, stop_within: timedelta) -> GroupSubscriber:
        """Add a subscriber to a queue; it starts and stops with the broker."""
        subscriber = GroupSubscriber(self, consumption, stop_within=stop_within.total_seconds())
        Registrator.subscriber(self, subscriber)
        return subscriber
