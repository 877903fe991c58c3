"""The exchanges, queues and bindings of all services, as plain data made from the directory.

outside systems ──> submissions (topic) ──> intake
services ─────────> events (topic) ───────> every service that subscribes to the event
a service ────────> its own (direct) ─────> itself: timers and retries; effects
broker ───────────> dead-letters (direct) > messages that a queue gave up delivering
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from shared.contracts.directory import OUTSIDE_SYSTEMS, SERVICES, Card

EVENTS: Final = "events"
SUBMISSIONS: Final = "submissions"
DEAD_LETTERS: Final = "dead-letters"

# Far above what the runtime ever needs, since it keeps a message that fails too often among the service's failures.
_DELIVERY_LIMIT: Final = 100
# As good as none. RabbitMQ before 4 has no value for "unlimited", and from 4 on the default is 20.
_NO_DELIVERY_LIMIT: Final = 1_000_000_000


class ServiceQueue(StrEnum):
    """The two queues of a service: one for messages of all kinds, and one for effects, which may be slow.

    The value is the routing key on the service's own exchange.
    """

    MESSAGES = "messages"
    EFFECTS = "effects"

    def of(self, service: str) -> str:
        """The name of this queue of a service."""
        return service if self is ServiceQueue.MESSAGES else f"{service}.effects"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A durable exchange."""

    name: str
    type: Literal["topic", "direct"]


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable quorum queue, with its `x-` arguments."""

    name: str
    arguments: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Binding:
    """A binding: messages with this routing key go from the exchange to the queue.

    In a key for a topic exchange, `#` stands for any words.
    """

    exchange: str
    routing_key: str
    queue: str


@dataclass(frozen=True, slots=True)
class Topology:
    """All exchanges, queues and bindings. They must exist before a service starts, so that every message is routed."""

    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]
    bindings: tuple[Binding, ...]


def topology() -> Topology:
    """The broker's whole topology."""
    return Topology(
        exchanges=(
            Exchange(EVENTS, "topic"),
            Exchange(SUBMISSIONS, "topic"),
            Exchange(DEAD_LETTERS, "direct"),
            *(Exchange(card.name, "direct") for card in SERVICES),
        ),
        queues=tuple(queue for card in SERVICES for queue in _queues(card)),
        bindings=tuple(binding for card in SERVICES for binding in _bindings(card)),
    )


def dead_letter_queue(service: str) -> str:
    return f"{service}.dead-letters"


def _queues(card: Card) -> tuple[Queue, ...]:
    return (
        *(Queue(queue.of(card.name), _arguments(card)) for queue in ServiceQueue),
        Queue(
            dead_letter_queue(card.name),
            {"x-queue-type": "quorum", "x-delivery-limit": _NO_DELIVERY_LIMIT},
        ),
    )


def _arguments(card: Card) -> dict[str, str | int]:
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": _DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_LETTERS,
        "x-dead-letter-routing-key": card.name,
        # By default a dead letter may be lost. This keeps it until its queue has it, and needs the setting below it.
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def _bindings(card: Card) -> tuple[Binding, ...]:
    return (
        *(Binding(EVENTS, event.routing_key, card.name) for event in card.subscribes_to),
        *(Binding(SUBMISSIONS, pattern, card.name) for pattern in _submissions_of(card)),
        *(Binding(card.name, queue.value, queue.of(card.name)) for queue in ServiceQueue),
        Binding(DEAD_LETTERS, card.name, dead_letter_queue(card.name)),
    )


def _submissions_of(card: Card) -> tuple[str, ...]:
    # All that a system sends, whatever its noun: an unknown one is refused then, and not lost.
    return tuple(f"{system.name}.#" for system in OUTSIDE_SYSTEMS if not set(card.takes).isdisjoint(system.sends))
