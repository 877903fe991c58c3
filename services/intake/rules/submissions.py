"""Whether a sender may send a submission, and whether it was sent before."""

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
    """A submission as it arrives. `sent_at` is what its source claims; the digest is of its type and content."""

    id: str
    source: str
    type: str
    sent_at: datetime
    digest: bytes


EVENT_ID_USED = Fault(
    field="event_id",
    reason="This id was used before with another content, and the first one stands. Use a new id for each submission.",
)


def one_per_field(faults: Iterable[Fault]) -> list[Fault]:
    """The same faults, merged into one for each field."""
    reasons: dict[str, list[str]] = {}
    for fault in faults:
        reasons.setdefault(fault.field, []).append(fault.reason)
    return [Fault(field=field, reason=" ".join(several)) for field, several in reasons.items()]


def digest(submission_type: str, content: object) -> bytes:
    """SHA-256 of a type and of a content as canonical JSON: equal for any layout of the same JSON."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{submission_type}\0{canonical}".encode()).digest()


def digest_of_bytes(submission_type: str, body: bytes) -> bytes:
    """The digest of a body: that of its content, or of its bytes if it is not JSON."""
    try:
        return digest(submission_type, json.loads(body))
    except (ValueError, RecursionError):
        return hashlib.sha256(submission_type.encode() + b"\0" + body).digest()


def faults_in_sender(sender: str, source: str, submission_type: str) -> list[Fault]:
    """The faults of a submission whose source is not its sender, or whose sender may not send its type.

    The broker ensures the sender's name, but not what the message gives as its source. A type that is none of ours is
    no fault here: that is checked elsewhere.
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
