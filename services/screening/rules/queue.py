"""The queue: what may be asked of it, and what stands above it. The store looks for it, orders it and counts it."""

from dataclasses import dataclass
from enum import StrEnum

from services.screening.rules.findings import Kind
from services.screening.rules.reviews import State


class Order(StrEnum):
    """What comes first."""

    AGE = "age"
    FINDINGS = "findings"
    DUE = "due"
    ORGANISATION = "organisation"


class Whose(StrEnum):
    """Reviews of which reviewer."""

    ALL = "all"
    MINE = "mine"
    UNASSIGNED = "unassigned"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries of the queue are shown, and in which order; none of them asks for all that there are."""

    state: State | None = None
    round_id: str | None = None
    kind: Kind | None = None
    whose: Whose = Whose.ALL
    overdue: bool = False
    order: Order = Order.AGE


@dataclass(frozen=True, slots=True)
class Counts:
    """How many wait for a verdict, and how many of these need something."""

    waiting: int
    overdue: int
    prepared: int
    need_opinion: int
