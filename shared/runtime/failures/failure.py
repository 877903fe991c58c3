"""A failure: a message that could not be handled, kept whole, with its error described without personal data."""

import traceback
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID


class ContractBroken(ValueError):
    """A message breaks its contract. The text names every fault and repeats nothing of the message."""


class ProcessesDied(RuntimeError):
    """A poison message: one process after the other died while handling it."""


class GivenUp(RuntimeError):
    """The broker gave up delivering a message; its text is the reason."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A row of `failures`."""

    identity: UUID
    message_id: str
    message_type: str
    source: str
    queue: str
    exchange: str
    routing_key: str
    headers: dict[str, str]
    body: bytes
    handler: str
    error: str
    attempts: int


SAFE_TEXT = (ContractBroken, ProcessesDied, GivenUp)
"""Errors of ours, whose text holds no personal data. Of all others only the class and the place are kept."""


def describe(error: BaseException) -> str:
    """The error's class and where it was raised: `UniqueViolationError in add_review (store.py:41)`."""
    if isinstance(error, SAFE_TEXT):
        return f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    if not ours:
        return type(error).__name__
    place = ours[-1]
    return f"{type(error).__name__} in {place.name} ({Path(place.filename).name}:{place.lineno})"
