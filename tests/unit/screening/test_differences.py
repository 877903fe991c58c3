"""What a host changed between two revisions."""

from datetime import UTC, date, datetime
from time import perf_counter
from typing import Any

import pytest

from services.screening.rules.differences import Change, Difference, changed_words, differences, marked
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


def runs(before: str, after: str) -> list[tuple[str, str]]:
    return [(run.change.value, run.text.strip()) for run in changed_words(before, after)]


def test_the_words_that_changed_are_marked_where_they_stand() -> None:
    assert runs("You will write a short guide.", "You will write a short, illustrated guide.") == [
        ("kept", "You will write a"),
        ("removed", "short"),
        ("added", "short, illustrated"),
        ("kept", "guide."),
    ]


def test_what_is_added_at_the_end_leaves_what_was_there_unmarked() -> None:
    assert runs("It helps.", "It helps. A lot.") == [("kept", "It helps."), ("added", "A lot.")]


def test_white_space_is_no_difference() -> None:
    assert runs("one two", "one\n\ntwo") == [("kept", "one\n\ntwo")]


def test_a_text_is_whole_again_when_its_runs_are_joined() -> None:
    before, after = "a b  c\nd ", "b c\n\nx d"

    kept_and_added = "".join(run.text for run in changed_words(before, after) if run.change is not Change.REMOVED)

    assert kept_and_added == after


def test_of_a_list_items_are_added_removed_and_changed() -> None:
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


@pytest.mark.parametrize(("before", "after"), [("a " * 5_000, "a b " * 2_500), ("a b " * 2_500, "b a " * 2_500)])
def test_the_longest_texts_are_compared_in_a_moment(before: str, after: str) -> None:
    started = perf_counter()

    changed_words(before, after)

    assert perf_counter() - started < 2
