"""The queue: what waits, for how long, and what there is to look at."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from services.screening.rules.desk import Entry
from services.screening.rules.findings import SERIOUS, Kind


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
    """Which entries of the queue are shown; the state and the round are asked of the store."""

    kind: Kind | None = None
    whose: Whose = Whose.ALL
    overdue: bool = False
    order: Order = Order.AGE


@dataclass(frozen=True, slots=True)
class Counts:
    """What stands above the queue."""

    waiting: int
    overdue: int
    prepared: int
    need_opinion: int


def chosen(queue: Iterable[Entry], filters: Filters, *, viewer_id: str, now: datetime) -> list[Entry]:
    """The entries that somebody wants to see, in the order in which they want them."""
    wanted = (
        entry
        for entry in queue
        if (filters.kind is None or filters.kind in entry.kinds)
        and (filters.whose is not Whose.MINE or (entry.reviewer and entry.reviewer.id == viewer_id))
        and (filters.whose is not Whose.UNASSIGNED or entry.reviewer is None)
        and (not filters.overdue or entry.is_overdue(now))
    )
    return sorted(wanted, key=_ORDERS[filters.order])


def counts(waiting: Sequence[Entry], *, now: datetime) -> Counts:
    """How many wait, and of these how many need something; of entries that are open."""
    return Counts(
        waiting=len(waiting),
        overdue=sum(entry.is_overdue(now) for entry in waiting),
        prepared=sum(entry.prepared is not None for entry in waiting),
        need_opinion=sum(entry.opinion_missing is not None for entry in waiting),
    )


def _by_age(entry: Entry) -> Any:
    return entry.review.opened_at, entry.review.project_id


def _by_findings(entry: Entry) -> Any:
    return -len(SERIOUS.intersection(entry.kinds)), -len(entry.findings), *_by_age(entry)


_ORDERS: Final[dict[Order, Callable[[Entry], Any]]] = {
    Order.AGE: _by_age,
    Order.FINDINGS: _by_findings,
    Order.DUE: lambda entry: (entry.review.due_at, *_by_age(entry)),
    Order.ORGANISATION: lambda entry: (entry.organisation.casefold(), *_by_age(entry)),
}
