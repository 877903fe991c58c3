"""Publishes again what was never handled: after a queue was deleted, or a broker lost what it had confirmed."""

from collections.abc import Iterator
from datetime import timedelta

import asyncpg

from ninthweek.services import NAMES
from ninthweek.settings import AdministratorUrls
from ninthweek.staff_tools import store
from shared.broker.topology import EVENTS, ServiceQueue
from shared.clock import system_time
from shared.contracts.directory import SERVICES, Card


async def send_again(urls: AdministratorUrls, *, older_than: timedelta, remember: timedelta) -> dict[str, int]:
    """Have the relays send again what was published and not handled; returns how many messages, by subscriber.

    They were published longer ago than `older_than`, and not so long ago that an inbox may have forgotten them
    (`remember`). Other subscribers get them again too: their inboxes know them.
    """
    now = system_time()
    sent: dict[str, int] = {}
    database = await asyncpg.connect(urls.database)
    try:
        for card in SERVICES:
            sent[card.name] = sum(
                [
                    await store.send_again(
                        database,
                        publisher,
                        card.name,
                        exchange=exchange,
                        routing_keys=keys,
                        published_between=(now - remember, now - older_than),
                        now=now,
                    )
                    for publisher, exchange, keys in _sources_of(card)
                ]
            )
    finally:
        await database.close()
    return sent


def _sources_of(card: Card) -> Iterator[tuple[str, str, list[str]]]:
    """Where the messages of a service come from: publisher, exchange and routing keys; its timers and effects too."""
    for publisher in NAMES:
        yield publisher, EVENTS, [event.routing_key for event in card.subscribes_to]
    yield card.name, card.name, [queue.value for queue in ServiceQueue]
