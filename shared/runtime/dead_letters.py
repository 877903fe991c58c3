"""Dead letters: messages that the broker gave up delivering. Their service keeps each among its failures.

They arrive in the service's queue `<service>.dead-letters`, for one of four reasons: an expiration passed, the delivery
limit was reached, somebody rejected the message, or a policy of the broker's administrator made the queue drop it. The
broker notes the reason in the header `x-death`, with the exchange and the routing key that the message had.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from shared.broker.deliveries import RawDelivery
from shared.broker.properties import read_headers
from shared.broker.topology import DEAD_LETTERS, ServiceQueue, dead_letter_queue
from shared.clock import system_time
from shared.database.connection import DatabaseAway, acquire
from shared.runtime import store
from shared.runtime.failures.failure import GivenUp, describe
from shared.runtime.handling import Handling
from shared.runtime.incoming import Delivery, Incoming

RECONNECT_EVERY = 2.0
"""Seconds between two attempts to reach the broker. It is longer than elsewhere: a dead letter may be what breaks the
connection, each time."""

TRY_EVERY = 5.0
"""Seconds between two attempts to keep one that could not be kept."""

STUCK_AFTER = timedelta(seconds=30)
"""How long a dead letter may fail to be kept before the service reports that it is not ready."""

WARN_FOR = timedelta(hours=1)
"""How long the service reports that it is not ready after a policy made a queue drop one of its messages."""

BY_POLICY = "only a policy of the broker's administrator does that, and none may: see `ninthweek queues`"

REASONS = {
    "expired": "its expiration passed before this service took it; what is sent here must have none",
    "delivery_limit": "it was delivered again and again, and never acknowledged",
    "rejected": "somebody other than this service rejected it",
    "maxlen": f"its queue was full and dropped it; {BY_POLICY}",
}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Death:
    """One entry of `x-death`, by the broker's own keys: reason, queue, exchange, routing-keys, time and others."""

    noted: Mapping[str, Any]

    @classmethod
    def of(cls, service: str, headers: Mapping[str, Any]) -> "Death":
        """The latest death in a queue of this service; an empty one if somebody put the message there by hand."""
        deaths = headers.get("x-death")
        queues = [queue.of(service) for queue in ServiceQueue]
        ours = (
            death
            for death in (deaths if isinstance(deaths, list) else ())
            if isinstance(death, dict) and death.get("queue") in queues
        )
        return cls(next(ours, {}))

    @property
    def may_be_forged(self) -> bool:
        """Whether the sender may have written this entry, to make the message look like another sender's.

        RabbitMQ before 4 keeps an `x-death` that a message was sent with: it adds its own count, but leaves the
        exchange and the routing key as the sender wrote them. It then writes the keys of the entry in alphabetical
        order, which it does not do for an entry of its own. RabbitMQ 4 and later ignores what a sender wrote. An entry
        without any keys, of a message that was put there by hand, counts as forged too.
        """
        return list(self.noted) == sorted(self.noted)

    @property
    def exchange(self) -> str:
        return DEAD_LETTERS if self.may_be_forged else str(self.noted.get("exchange"))

    @property
    def routing_key(self) -> str:
        keys = self.noted.get("routing-keys")
        return str(keys[0]) if isinstance(keys, list) and keys else ""

    def queue(self, service: str) -> ServiceQueue:
        return (
            ServiceQueue.EFFECTS
            if self.noted.get("queue") == ServiceQueue.EFFECTS.of(service)
            else ServiceQueue.MESSAGES
        )

    @property
    def by_policy(self) -> bool:
        """Whether a policy caused it: our queues' own arguments neither let messages expire nor drop any."""
        reason = self.noted.get("reason")
        return reason == "maxlen" or (reason == "expired" and "original-expiration" not in self.noted)

    @property
    def cause(self) -> str:
        """Why the message died, and what to do about it."""
        if self.may_be_forged:
            return "nobody can tell how it came here, for it was sent with an x-death of its own, or laid here by hand"
        reason = self.noted.get("reason")
        if reason == "expired" and self.by_policy:
            return f"its queue let it expire; {BY_POLICY}"
        return REASONS.get(str(reason), f"the broker says: {reason}")

    def headers(self) -> dict[str, str]:
        """The entry as text headers, to be kept with the message."""
        return {f"x-death-{name}": ascii(value) for name, value in self.noted.items()}


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter, read as the live message would have been, so that it has the same identity."""

    delivery: Delivery
    death: Death


class DeadLetters:
    """Adopts the dead letters of one service: keeps each among the service's failures, which are mailed to staff.

    A dead letter has the identity of the live message. So it is no failure if the message was handled after all or
    waits for a retry; two dead letters of one message are one failure; and what staff retry is handled once.
    """

    def __init__(self, service: str, handling: Handling) -> None:
        self.queue = dead_letter_queue(service)
        self._service = service
        self._handling = handling
        self._stuck_since: datetime | None = None
        self._policy_seen_at: datetime | None = None

    def why_not_ready(self) -> list[str]:
        """Reasons, if any: dead letters cannot be adopted, or a policy of the broker caused some."""
        now, reasons = system_time(), []
        if self._stuck_since and now - self._stuck_since > STUCK_AFTER:
            reasons.append(f"nothing can be taken from the queue {self.queue} since {self._stuck_since:%H:%M:%S} UTC")
        if self._policy_seen_at and now - self._policy_seen_at < WARN_FOR:
            reasons.append("a policy of the broker's administrator drops messages: see `ninthweek queues`")
        return reasons

    def read(self, raw: RawDelivery) -> DeadLetter:
        """Read a dead letter: the message, and how it died."""
        headers, is_readable = read_headers(raw.properties)
        death = Death.of(self._service, headers)
        return DeadLetter(
            self._handling.read(
                Incoming.delivered(
                    service=self._service,
                    queue=death.queue(self._service),
                    exchange=death.exchange,
                    routing_key=death.routing_key,
                    headers=headers,
                    body=raw.body,
                    delivered_before=True,
                    is_readable=is_readable,
                )
            ),
            death,
        )

    async def adopt(self, dead_letters: Sequence[DeadLetter]) -> None:
        """Keep dead letters among the failures; afterwards they may be acknowledged. Raises `DatabaseAway`.

        No dead letter can end the service: one that cannot be kept is tried again and again.
        """
        for dead_letter in dead_letters:
            while True:
                try:
                    await self._keep(dead_letter)
                except DatabaseAway:
                    raise
                except Exception as error:  # noqa: BLE001 - there is no end to what may be wrong with a dead letter
                    if self._stuck_since is None:
                        log.warning("dead letters cannot be adopted", service=self._service, error=describe(error))
                        self._stuck_since = system_time()
                    await asyncio.sleep(TRY_EVERY)
                else:
                    self._stuck_since = None
                    break

    async def _keep(self, dead_letter: DeadLetter) -> None:
        delivery, death = dead_letter.delivery, dead_letter.death
        async with acquire(self._handling.pool) as connection:
            is_no_failure = await store.inbox.was_handled_or_waits(connection, delivery.identity)
        if is_no_failure:
            log.info("a dead letter was handled after all, or waits for a retry", service=self._service)
            return
        if death.by_policy and not death.may_be_forged:
            self._policy_seen_at = system_time()
        kept = replace(delivery.incoming, headers=delivery.incoming.headers | death.headers())
        await self._handling.on_error.fail(replace(delivery, incoming=kept), GivenUp(death.cause))
