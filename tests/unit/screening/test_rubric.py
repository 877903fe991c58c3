"""The rubric: what reviewers score, and the summary of their scores."""

import pytest

from services.screening.rules.rubric import GUIDANCE, Criterion, Mark, comment_field, marks_of, score_field, summary
from shared.refusals import Invalid
from tests.unit.screening.reviews import scoring

SCORES = dict.fromkeys(Criterion, 3)


def test_each_criterion_has_a_question_and_a_meaning_for_each_score() -> None:
    assert GUIDANCE.keys() == set(Criterion)
    assert all(guide.question and len(set(guide.meanings)) == 4 for guide in GUIDANCE.values())


def test_without_scores_there_is_no_summary() -> None:
    assert summary([]) is None


def test_the_scores_of_several_reviewers_have_a_mean_and_a_spread() -> None:
    together = summary([scoring("hana", 4, 3, 2, 3, 1), scoring("mateo", 4, 2, 4, 3, 4)])

    assert together is not None
    assert together.reviewers == 2
    assert [spread.mean for spread in together.by_criterion.values()] == [4, 2.5, 3, 3, 2.5]
    assert together.mean == 3
    outcome, scope, supervision, *_ = together.by_criterion.values()
    assert (outcome.lowest, outcome.highest) == (4, 4)
    assert (scope.lowest, scope.highest) == (2, 3)
    assert (supervision.lowest, supervision.highest) == (2, 4)


def test_scores_two_apart_are_a_disagreement_and_one_apart_are_not() -> None:
    together = summary([scoring("hana", 3, 3, 3, 3, 3), scoring("mateo", 4, 2, 1, 3, 3)])

    assert together is not None
    assert together.disagreements == (Criterion.SUPERVISION,)


def test_marks_are_made_of_a_form_with_comments_or_without() -> None:
    marks = marks_of(SCORES, {Criterion.SCOPE: "  A good deal for two days. "})

    assert marks.keys() == set(Criterion)
    assert marks[Criterion.SCOPE] == Mark(score=3, comment="A good deal for two days.")


@pytest.mark.parametrize("score", [None, 0, 5, -1])
def test_a_criterion_without_a_valid_score_is_a_fault(score: int | None) -> None:
    with pytest.raises(Invalid) as refused:
        marks_of(SCORES | {Criterion.LEARNING: score}, {})

    assert [fault.field for fault in refused.value.faults] == [score_field(Criterion.LEARNING)]


def test_a_comment_may_have_a_thousand_characters() -> None:
    assert marks_of(SCORES, {Criterion.SCOPE: "x" * 1_000})[Criterion.SCOPE].comment == "x" * 1_000

    with pytest.raises(Invalid) as refused:
        marks_of(SCORES, {Criterion.SCOPE: "x" * 1_001})

    assert [fault.field for fault in refused.value.faults] == [comment_field(Criterion.SCOPE)]
