"""Whether a submission is its sender's own, and whether it was sent before."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.directory import INTAKE, outside_system
from shared.contracts.faults import Fault

OUR_PAGES = "pages"
"""The source of what people send from our own pages; no outside system has this name."""

TYPES = frozenset(submission.type for submission in INTAKE.takes)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A submission at the door: its id, its source, when it was sent as it claims, and a digest of what it carries."""

    id: str
    source: str
    type: str
    sent_at: datetime
    digest: bytes


EVENT_ID_USED = Fault(
    field="event_id",
    reason="This id was used before with another content, and the first one stands. Use a new id for each submission.",
)


def one_a_field(faults: Iterable[Fault]) -> list[Fault]:
    """The same faults with all that is wrong with a field in one reason."""
    reasons: dict[str, list[str]] = {}
    for fault in faults:
        reasons.setdefault(fault.field, []).append(fault.reason)
    return [Fault(field=field, reason=" ".join(several)) for field, several in reasons.items()]


def digest(submission_type: str, content: object) -> bytes:
    """SHA-256 of a type and of a content as canonical JSON: equal however the sender laid the JSON out."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{submission_type}\0{canonical}".encode()).digest()


def digest_of_bytes(submission_type: str, body: bytes) -> bytes:
    """The digest of a body that may not be JSON at all: then of its bytes as they are."""
    try:
        return digest(submission_type, json.loads(body))
    except (ValueError, RecursionError):
        return hashlib.sha256(submission_type.encode() + b"\0" + body).digest()


def faults_in_sender(sender: str, source: str, submission_type: str) -> list[Fault]:
    """Whether the source is the sender itself, and may send this type; what no type of ours is, is judged elsewhere.

    The broker holds the sender to its name, but not to what the message says of it.
    """
    system = outside_system(sender)
    if system is None:
        return [Fault(field="source", reason="No system of this name may send submissions.")]
    faults = []
    if source != sender:
        faults.append(Fault(field="source", reason=f"What {sender} sends must name {sender} as its source."))
    if submission_type in TYPES - {submission.type for submission in system.sends}:
        theirs = ", ".join(submission.__name__ for submission in system.sends)
        faults.append(Fault(field="source", reason=f"{sender} may not send this kind of submission, only: {theirs}."))
    return faults
