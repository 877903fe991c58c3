"""What is shown of the queue, in which order, and what is counted above it."""

from datetime import timedelta
from typing import Any

import pytest

from services.screening.rules.desk import Entry, Person
from services.screening.rules.findings import Kind
from services.screening.rules.queue import Counts, Filters, Order, Whose, chosen, counts
from services.screening.rules.reviews import State
from tests.support.reviews import MONDAY, entry, host, opinion, prepared, review

OVERDUE_FROM = MONDAY + timedelta(days=7)


def waiting(project_id: str, *, days: int = 0, **changes: Any) -> Entry:
    """A project that was submitted so many days after Monday."""
    at = MONDAY + timedelta(days=days)
    return entry(review(project_id=project_id, at=at, **changes))


SOUND = waiting("P1", days=2)
VAGUE = waiting("P2", days=1, scope="Help us.", supervision="Come.")
GRAVE = waiting("P3", days=3, tasks=["Tutor pupils"])
QUEUE = [SOUND, VAGUE, GRAVE]


def shown(filters: Filters, *, queue: list[Entry] = QUEUE) -> list[str]:
    now = OVERDUE_FROM + timedelta(days=1)
    return [each.review.project_id for each in chosen(queue, filters, viewer_id="hana", now=now)]


@pytest.mark.parametrize(
    ("order", "ids"),
    [
        (Order.AGE, ["P2", "P1", "P3"]),
        (Order.DUE, ["P2", "P1", "P3"]),
        # One grave finding outweighs several of the other kind.
        (Order.FINDINGS, ["P3", "P2", "P1"]),
    ],
)
def test_the_queue_is_in_the_order_that_is_asked_for(order: Order, ids: list[str]) -> None:
    assert shown(Filters(order=order)) == ids


def test_by_organisation_it_is_in_the_order_of_names_then_of_age() -> None:
    named = [entry(review(project_id="P1"), host=host(organisation="zoo")), entry(review(project_id="P2"))]

    assert shown(Filters(order=Order.ORGANISATION), queue=named) == ["P2", "P1"]


def test_it_may_be_asked_by_what_was_found_and_by_what_is_overdue() -> None:
    assert shown(Filters(kind=Kind.EXCLUDED_WORK)) == ["P3"]
    assert shown(Filters(overdue=True)) == ["P2"]


def test_it_may_be_asked_by_reviewer() -> None:
    queue = [
        entry(review(project_id="P1"), reviewer=Person("hana", "Hana")),
        entry(review(project_id="P2"), reviewer=Person("mateo", "Mateo")),
        entry(review(project_id="P3")),
    ]

    assert shown(Filters(whose=Whose.MINE), queue=queue) == ["P1"]
    assert shown(Filters(whose=Whose.UNASSIGNED), queue=queue) == ["P3"]
    assert shown(Filters(), queue=queue) == ["P1", "P2", "P3"]


def test_what_waits_is_counted_with_what_each_needs() -> None:
    queue = [SOUND, entry(prepared=prepared(), opinion=opinion()), entry(prepared=prepared())]

    assert counts(queue, now=OVERDUE_FROM) == Counts(waiting=3, overdue=2, prepared=2, need_opinion=1)


def test_a_host_that_is_not_known_goes_by_its_id_and_a_decided_review_is_never_overdue() -> None:
    assert entry(host=None).organisation == "H0001"
    assert not entry(review(State.APPROVED)).is_overdue(OVERDUE_FROM)
