"""The queue's filters, orders and counts. The store applies them."""

from dataclasses import dataclass
from enum import StrEnum

from services.screening.rules.findings import Kind
from services.screening.rules.reviews import State


class Order(StrEnum):
    """The order of the queue."""

    AGE = "age"
    FINDINGS = "findings"
    DUE = "due"
    ORGANISATION = "organisation"


class Whose(StrEnum):
    """Whose reviews are shown."""

    ALL = "all"
    MINE = "mine"
    UNASSIGNED = "unassigned"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries of the queue are shown, and in which order; by default, all of them."""

    state: State | None = None
    round_id: str | None = None
    kind: Kind | None = None
    whose: Whose = Whose.ALL
    overdue: bool = False
    order: Order = Order.AGE


@dataclass(frozen=True, slots=True)
class Counts:
    """How many reviews wait for a verdict, and how many of them are overdue, prepared, or need a second opinion."""

    waiting: int
    overdue: int
    prepared: int
    need_opinion: int
