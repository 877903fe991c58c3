"""Whether a record of a host or a student is newer than what is known, and whether it changes a fact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel

from shared.contracts.message import Submission

Facts = TypeVar("Facts", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Known(Generic[Facts]):
    """What is known of a host or a student; the version counts the changes of the facts."""

    version: int
    facts: Facts
    recorded_at: datetime
    """When its source sent the newest record."""


def facts_in(record: Submission, kind: type[Facts]) -> Facts:
    """The facts in a record, without the id."""
    return kind(**record.model_dump(include=set(kind.model_fields)))


def is_overtaken(recorded_at: datetime, known: Known[Facts] | None) -> bool:
    """Whether its source has sent a newer record, which arrived before this one."""
    return known is not None and recorded_at < known.recorded_at


def recorded(facts: Facts, recorded_at: datetime, known: Known[Facts] | None) -> Known[Facts]:
    """What is known after a record: the next version where it changes the facts."""
    if known is None:
        return Known(1, facts, recorded_at)
    return Known(known.version + (facts != known.facts), facts, recorded_at)
