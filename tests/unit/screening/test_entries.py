"""A review as pages show it."""

from datetime import timedelta

from services.screening.rules.findings import Finding, Kind
from services.screening.rules.reviews import State
from tests.unit.screening.reviews import MONDAY, entry, review


def test_an_unknown_host_is_shown_by_its_id_and_a_decided_review_is_never_overdue() -> None:
    assert entry(host=None).organisation == "H0001"
    assert entry().is_overdue(MONDAY + timedelta(days=7))
    assert not entry(review(State.APPROVED)).is_overdue(MONDAY + timedelta(days=7))


def test_stored_findings_are_used_and_missing_ones_are_found() -> None:
    vague = review(scope="Help us.")

    assert Kind.VAGUE in entry(vague).kinds
    assert entry(vague, found=[]).kinds == ()
    assert entry(found=[Finding(kind=Kind.HAZARD, field="tasks", text="")]).kinds == (Kind.HAZARD,)
