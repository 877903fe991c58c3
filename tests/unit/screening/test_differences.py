"""What a host changed between two revisions."""

from datetime import UTC, date, datetime
from typing import Any

from services.screening.rules.differences import Difference, differences, marked
from services.screening.rules.reviews import KnownProject, open_review
from shared.contracts.submissions import ProjectTemplate
from tests.support.examples import project_submitted


def submitted(**changes: Any) -> ProjectTemplate:
    return open_review(project_submitted(**changes), KnownProject(), now=datetime(2027, 3, 8, tzinfo=UTC)).project


def test_every_changed_field_has_its_values_before_and_after_in_the_order_of_the_template() -> None:
    before = submitted(places=1, deliverables=["A report"])
    after = submitted(places=2, deliverables=["A report", "Working code"], revision=2)

    assert differences(before, after) == [
        Difference(field="deliverables", before=["A report"], after=["A report", "Working code"]),
        Difference(field="places", before=1, after=2),
    ]


def test_a_revision_sent_again_unchanged_differs_in_nothing() -> None:
    assert differences(submitted(), submitted(revision=2)) == []


def test_items_of_a_list_are_added_removed_and_changed() -> None:
    before = submitted(tasks=["Agree the inputs", "Write the tool with tests", "Rank them"])
    after = submitted(tasks=["Agree the inputs", "Write the tool with many tests", "Show it"], revision=2)

    tasks = marked(before, after)["tasks"]

    assert tasks.is_list
    assert [[(run.change.value, run.text.strip()) for run in item] for item in tasks.items] == [
        [("kept", "Agree the inputs")],
        [("kept", "Write the tool with"), ("added", "many"), ("kept", "tests")],
        [("removed", "Rank them")],
        [("added", "Show it")],
    ]


def test_a_number_or_a_day_is_marked_as_a_whole() -> None:
    before, after = submitted(), submitted(places=3, starts_on=date(2027, 6, 22), revision=2)

    fields = marked(before, after)

    assert [run.text for run in fields["places"].items[0]] == ["2", "3"]
    assert [run.text for run in fields["starts_on"].items[0]] == ["Monday 21 June 2027", "Tuesday 22 June 2027"]
    assert [field for field, marks in fields.items() if marks.is_changed] == ["places", "starts_on"]


def test_in_a_first_revision_nothing_is_marked() -> None:
    assert not any(field.is_changed for field in marked(None, submitted()).values())
