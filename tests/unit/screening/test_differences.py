"""What a host changed between two revisions."""

from datetime import UTC, datetime
from typing import Any

from services.screening.rules.differences import Difference, differences
from services.screening.rules.reviews import KnownProject, open_review
from shared.contracts.submissions import ProjectTemplate
from tests.support.examples import project_submitted


def submitted(**changes: Any) -> ProjectTemplate:
    return open_review(project_submitted(**changes), KnownProject(), now=datetime(2027, 3, 8, tzinfo=UTC)).project


def test_every_changed_field_is_told_before_and_after_in_the_order_of_the_template() -> None:
    before = submitted(places=1, deliverables=["A report"])
    after = submitted(places=2, deliverables=["A report", "Working code"], revision=2)

    assert differences(before, after) == [
        Difference(field="deliverables", before=["A report"], after=["A report", "Working code"]),
        Difference(field="places", before=1, after=2),
    ]


def test_a_revision_sent_again_unchanged_differs_in_nothing() -> None:
    assert differences(submitted(), submitted(revision=2)) == []
