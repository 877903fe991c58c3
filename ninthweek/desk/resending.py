"""What was said and never heard is said again: after a queue was deleted, or a broker lost what it had confirmed."""

from collections.abc import Iterator
from datetime import timedelta

import asyncpg

from ninthweek.desk import store
from ninthweek.services import NAMES
from ninthweek.settings import AdministratorUrls
from shared.broker.topology import EVENTS, Lane
from shared.clock import system_time
from shared.contracts.directory import SERVICES, Card


async def send_again(urls: AdministratorUrls, *, older_than: timedelta, remember: timedelta) -> dict[str, int]:
    """Have the relays send again what was said longer ago than this and not handled; how many messages, by hearer.

    Whoever else hears one of them knows it. Nothing is looked at that an inbox may have forgotten (`remember`).
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
                        speaker,
                        card.name,
                        exchange=exchange,
                        routing_keys=keys,
                        said_between=(now - remember, now - older_than),
                        now=now,
                    )
                    for speaker, exchange, keys in _ways_to(card)
                ]
            )
    finally:
        await database.close()
    return sent


def _ways_to(card: Card) -> Iterator[tuple[str, str, list[str]]]:
    """Who says what to a service: speaker, exchange and routing keys; timers, retries and effects are its own."""
    for speaker in NAMES:
        yield speaker, EVENTS, [event.routing_key for event in card.hears]
    yield card.name, card.name, [lane.value for lane in Lane]
