"""Whether a second opinion is still waited for, and who may be asked for one."""

import pytest

from services.screening.rules.desk import Person, SecondOpinion, faults_in_question, opinion_missing
from services.screening.rules.reviews import State
from tests.support.reviews import entry, opinion, prepared, review, scoring

HANA, MATEO = Person("hana", "Hana"), Person("mateo", "Mateo")


@pytest.mark.parametrize(
    ("asked", "scored", "by", "is_missing"),
    [
        (None, [], "hana", False),
        (opinion("hana"), [], "hana", True),
        (opinion("hana"), ["hana"], "hana", True),
        (opinion("hana"), ["hana", "mateo"], "hana", False),
        # So is whoever asked, also where somebody else prepared the verdict.
        (opinion("hana"), ["hana"], "mateo", True),
        # Whoever prepared the verdict is the first opinion, also where somebody else asked.
        (opinion("hana"), ["mateo"], "mateo", True),
        (opinion("hana"), ["mateo", "nia"], "mateo", False),
        (opinion("hana", of="nia"), ["mateo"], "hana", True),
        (opinion("hana", of="nia"), ["nia"], "hana", False),
    ],
)
def test_a_second_opinion_is_another_reviewers(
    asked: SecondOpinion | None, scored: list[str], by: str, is_missing: bool
) -> None:
    missing = opinion_missing(asked, [scoring(reviewer, 3) for reviewer in scored], prepared(by=by))

    assert (missing is not None) == is_missing


def test_nothing_is_waited_for_on_a_revision_that_is_decided() -> None:
    assert entry(opinion=opinion()).opinion_missing
    assert entry(review(State.APPROVED), opinion=opinion()).opinion_missing is None


def test_another_reviewer_or_anybody_may_be_asked() -> None:
    assert faults_in_question(HANA, MATEO, "", named=True) == []
    assert faults_in_question(HANA, None, "Is it production?", named=False) == []


def test_neither_oneself_nor_a_stranger_may_be_asked_and_a_question_is_short() -> None:
    assert [fault.field for fault in faults_in_question(HANA, HANA, "", named=True)] == ["of"]
    assert [fault.field for fault in faults_in_question(HANA, None, "", named=True)] == ["of"]
    assert [fault.field for fault in faults_in_question(HANA, None, "x" * 501, named=False)] == ["why"]
