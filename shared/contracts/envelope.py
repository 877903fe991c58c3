"""The envelope of a message: CloudEvents 1.0 in binary mode, as headers of AMQP 0.9.1.

The headers are those that the RabbitMQ binding of the `cloudevents` package writes. This module is faster, and a test
compares the two. Beside the required attributes there are `subject` and `sequence` (a thing and its version),
`correlationid` and `causationid` (CloudEvents' correlation extension) and `traceparent` (W3C Trace Context).
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

CONTENT_TYPE = "application/json"
SPECIFICATION_VERSION = "1.0"
REQUIRED = ("ce-specversion", "ce-id", "ce-source", "ce-type", "ce-time")
LONGEST_HEADER = 200
"""Characters of a header's value."""

_SEQUENCE = re.compile(r"[0-9]{1,18}")
_YEARS = range(1970, 9000)
"""Years that every database and calendar can represent, whatever the offset from UTC."""


class BrokenEnvelope(ValueError):
    """The headers are not those of a CloudEvent. `faults` maps each attribute at fault to what is wrong with it."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("; ".join(f"{attribute}: {reason}" for attribute, reason in faults.items()))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who published what, when, about which subject, and because of which message."""

    id: str
    source: str
    type: str
    time: datetime
    subject: str | None = None
    sequence: int | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    trace_parent: str | None = None

    def to_headers(self) -> dict[str, str]:
        headers = {
            "ce-specversion": SPECIFICATION_VERSION,
            "ce-id": self.id,
            "ce-source": self.source,
            "ce-type": self.type,
            "ce-time": self.time.isoformat().replace("+00:00", "Z"),
        }
        if self.subject is not None:
            headers["ce-subject"] = self.subject
        if self.sequence is not None:
            headers["ce-sequence"] = f"{self.sequence:010d}"  # CloudEvents compares sequences as text
        if self.correlation_id is not None:
            headers["ce-correlationid"] = self.correlation_id
        if self.causation_id is not None:
            headers["ce-causationid"] = self.causation_id
        if self.trace_parent is not None:
            headers["ce-traceparent"] = self.trace_parent
        return headers

    @classmethod
    def from_headers(cls, headers: Mapping[str, Any]) -> "Envelope":
        """Read the headers; raises `BrokenEnvelope` with every attribute at fault."""
        values = {name.removeprefix("ce-"): value for name, value in headers.items() if name.startswith("ce-")}
        faults = {name: "is missing" for name in REQUIRED if not headers.get(name)}
        faults |= {
            f"ce-{name}": f"is not printable text of at most {LONGEST_HEADER} characters"
            for name, value in values.items()
            if not (isinstance(value, str) and value.isprintable() and len(value) <= LONGEST_HEADER)
        }
        if "ce-specversion" not in faults and values["specversion"] != SPECIFICATION_VERSION:
            faults["ce-specversion"] = f"is not {SPECIFICATION_VERSION}"
        time = None if "ce-time" in faults else _moment(values["time"])
        if time is None:
            faults.setdefault("ce-time", "is not a time with an offset from UTC, as 2027-04-21T09:00:00+01:00")
        sequence = values.get("sequence")
        if sequence is not None and not (isinstance(sequence, str) and _SEQUENCE.fullmatch(sequence)):
            faults["ce-sequence"] = "is not a whole number of at most 18 digits"
        if faults or time is None:
            raise BrokenEnvelope(faults)
        return cls(
            id=values["id"],
            source=values["source"],
            type=values["type"],
            time=time,
            subject=values.get("subject"),
            sequence=None if sequence is None else int(sequence),
            correlation_id=values.get("correlationid"),
            causation_id=values.get("causationid"),
            trace_parent=values.get("traceparent"),
        )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo and moment.year in _YEARS else None


def identity(envelope: Envelope, body: bytes, *, sender: str | None = None) -> UUID:
    """A digest of source, id, type and body. Two deliveries with the same identity are the same message.

    Two bodies under one id are two messages; the handler of the second decides whether it is acceptable. The same
    message from two senders is two messages as well: otherwise a sender could have another's message ignored, by
    sending it first in the other's name.
    """
    source = envelope.source if sender in {None, envelope.source} else f"{sender} as {envelope.source}"
    digest = hashlib.sha256("\0".join((source, envelope.id, envelope.type, "")).encode())
    digest.update(body)
    return UUID(bytes=digest.digest()[:16])
