"""Deliveries: as they come from a queue, and as they are once they were checked against the contracts."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from shared.broker.deliveries import RawDelivery
from shared.broker.properties import read_headers
from shared.broker.topology import EVENTS, SUBMISSIONS, ServiceQueue
from shared.contracts.envelope import BrokenEnvelope, Envelope, identity
from shared.contracts.faults import Fault, faults_of
from shared.contracts.message import Event, Message, Private, Submission, type_registry
from shared.identifiers import new_id
from shared.runtime.outgoing import Outgoing

LARGEST_BODY = 1_000_000
"""Bytes of a message's body. Documents are not sent in messages."""

UNSTORABLE = rb"\u0000"
"""The JSON escape of U+0000, the one character that PostgreSQL cannot hold in a text."""

_ATTEMPTS = "ninthweek-attempts"
_WAITS = "ninthweek-waits"
_EXCHANGE = "ninthweek-exchange"
_ROUTING_KEY = "ninthweek-routing-key"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A delivery. A retry has the exchange and the routing key with which the message first came."""

    queue: ServiceQueue
    exchange: str
    routing_key: str
    headers: dict[str, Any]
    body: bytes
    attempts: int = 0
    waits: int = 0
    delivered_before: bool = False
    is_readable: bool = True
    """Whether all of its headers could be decoded."""

    @classmethod
    def from_raw(cls, raw: RawDelivery, *, service: str, queue: ServiceQueue) -> "Incoming":
        """Decode a raw delivery; whatever its properties are, this does not fail."""
        headers, is_readable = read_headers(raw.properties)
        return cls.delivered(
            service=service,
            queue=queue,
            exchange=raw.exchange,
            routing_key=raw.routing_key,
            headers=headers,
            body=raw.body,
            delivered_before=raw.delivered_before,
            is_readable=is_readable,
        )

    @classmethod
    def delivered(
        cls,
        *,
        service: str,
        queue: ServiceQueue,
        exchange: str,
        routing_key: str,
        headers: Mapping[str, Any],
        body: bytes,
        delivered_before: bool,
        is_readable: bool = True,
    ) -> "Incoming":
        """A delivery with these parts.

        The headers `ninthweek-…` of a retry are believed only if the message came over the service's own exchange, on
        which nobody else may publish.
        """
        own = headers if exchange == service else {}
        return cls(
            queue=queue,
            exchange=str(own.get(_EXCHANGE, exchange)),
            routing_key=_printable(str(own.get(_ROUTING_KEY, routing_key))),
            headers={name: value for name, value in headers.items() if name.startswith("ce-")},
            body=body,
            attempts=int(own.get(_ATTEMPTS, 0)),
            waits=int(own.get(_WAITS, 0)),
            delivered_before=delivered_before,
            is_readable=is_readable,
        )

    def retry_headers(self, *, attempts: int, waits: int) -> dict[str, str]:
        """The headers of a retry: the message's own, and by which exchange and key it first came, and how often."""
        return {
            **self.text_headers(),
            _EXCHANGE: self.exchange,
            _ROUTING_KEY: self.routing_key,
            _ATTEMPTS: str(attempts),
            _WAITS: str(waits),
        }

    def as_retry(self, service: str, identity: UUID, *, attempts: int, waits: int, at: datetime) -> Outgoing:
        """The message as a retry to this service alone, at a moment of the system's time.

        It has a new id, but keeps its identity, by which the inbox recognises it.
        """
        return Outgoing(
            id=new_id(),
            identity=identity,
            exchange=service,
            routing_key=self.queue,
            headers=self.retry_headers(attempts=attempts, waits=waits),
            body=self.body,
            mandatory=True,
            retry_at=at,
        )

    def text_headers(self) -> dict[str, str]:
        """The headers as printable text, which can be stored whatever was sent."""
        return {
            _printable(name): _printable(value) if isinstance(value, str) else ascii(value)
            for name, value in self.headers.items()
        }

    @property
    def sender(self) -> str | None:
        """The outside system that submitted it, else `None`.

        It is the first word of the routing key, which the sender cannot choose: the broker lets each system publish
        only with keys that begin with its own name.
        """
        return self.routing_key.partition(".")[0] if self.exchange == SUBMISSIONS else None


@dataclass(frozen=True, slots=True)
class Received:
    """A delivery that fulfils its contract."""

    incoming: Incoming
    envelope: Envelope
    identity: UUID
    message: Message


@dataclass(frozen=True, slots=True)
class Broken:
    """A delivery that breaks its contract, with every fault. Its envelope is `None` if that could not be read."""

    incoming: Incoming
    envelope: Envelope | None
    identity: UUID
    faults: tuple[Fault, ...]


_UNREADABLE = Fault(field="headers", reason="The headers of the message cannot be read: send each of them as text.")

Delivery = Received | Broken
"""A delivery that was checked against the contracts."""


def log_fields(delivery: Delivery) -> dict[str, str]:
    """The fields by which a log line names a message."""
    envelope = delivery.envelope
    if envelope is None:
        return {"routing_key": delivery.incoming.routing_key}
    return {
        "message_id": envelope.id,
        "message_type": envelope.type,
        "correlation_id": envelope.correlation_id or envelope.id,
    }


def _printable(text: str) -> str:
    return text if text.isprintable() else ascii(text)


def read(service: str, handled: Collection[str], incoming: Incoming) -> Delivery:
    """Check a delivery against the contracts. `handled` are the types that the service handles."""
    try:
        envelope = Envelope.from_headers(incoming.headers)
    except BrokenEnvelope as broken:
        faults = _as_faults(broken.faults) if incoming.is_readable else (_UNREADABLE,)
        return Broken(incoming, None, _identity_without_envelope(incoming), faults)
    same = identity(envelope, incoming.body, sender=incoming.sender)
    if not incoming.is_readable:
        return Broken(incoming, envelope, same, (_UNREADABLE,))
    message_type = type_registry.get(envelope.type)
    if message_type is None or envelope.type not in handled or incoming.exchange != _exchange_of(service, message_type):
        reason = "No such message is accepted here: see the published contracts for its types."
        return Broken(incoming, envelope, same, (Fault(field="ce-type", reason=reason),))
    if unfit := _unfit(incoming.body):
        return Broken(incoming, envelope, same, (Fault(field="body", reason=unfit),))
    try:
        return Received(incoming, envelope, same, message_type.from_json(incoming.body))
    except ValidationError as error:
        broken_fields = faults_of(error.errors(include_url=False, include_context=False, include_input=False))
        return Broken(incoming, envelope, same, tuple(broken_fields))


def _unfit(body: bytes) -> str | None:
    """Why a body is not even parsed, or `None`."""
    if len(body) > LARGEST_BODY:
        return f"The body has {len(body):,} bytes; at most {LARGEST_BODY:,} are accepted."
    if UNSTORABLE in body:
        return "The text has the character U+0000, which no database of ours holds: leave it out."
    return None


@cache
def _exchange_of(service: str, message_type: type[Message]) -> str:
    if issubclass(message_type, Event):
        return EVENTS
    if issubclass(message_type, Submission):
        return SUBMISSIONS
    assert issubclass(message_type, Private)  # noqa: S101 - there is no fourth kind
    return service


def _as_faults(faults: Mapping[str, str]) -> tuple[Fault, ...]:
    return tuple(Fault(field=field, reason=f"This attribute {reason}.") for field, reason in faults.items())


def _identity_without_envelope(incoming: Incoming) -> UUID:
    """The identity of a delivery without a readable envelope: a digest of all that there is of it."""
    stand_in = repr((incoming.exchange, incoming.routing_key, sorted(incoming.text_headers().items())))
    return _digest(stand_in.encode() + b"\0" + incoming.body)


def _digest(content: bytes) -> UUID:
    return UUID(bytes=hashlib.sha256(content).digest()[:16])
