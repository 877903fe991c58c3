"""Whether a second opinion is still waited for, and who may be asked for one."""

import pytest

from services.screening.rules.deliberation import Person, SecondOpinion, check_may_drop, check_question, opinion_missing
from services.screening.rules.reviews import State
from shared.refusals import Forbidden, Invalid
from tests.unit.screening.reviews import entry, opinion, prepared, review, scoring

HANA, MATEO = Person("hana", "Hana"), Person("mateo", "Mateo")


@pytest.mark.parametrize(
    ("asked", "scored", "by", "is_missing"),
    [
        (None, [], "hana", False),
        (opinion("hana"), [], "hana", True),
        (opinion("hana"), ["hana"], "hana", True),
        (opinion("hana"), ["hana", "mateo"], "hana", False),
        # The asker is no second opinion, even if somebody else prepared the verdict.
        (opinion("hana"), ["hana"], "mateo", True),
        # Whoever prepared the verdict gave the first opinion, even if somebody else asked.
        (opinion("hana"), ["mateo"], "mateo", True),
        (opinion("hana"), ["mateo", "nia"], "mateo", False),
        (opinion("hana", of="nia"), ["mateo"], "hana", True),
        (opinion("hana", of="nia"), ["nia"], "hana", False),
    ],
)
def test_a_second_opinion_comes_from_another_reviewer(
    asked: SecondOpinion | None, scored: list[str], by: str, is_missing: bool
) -> None:
    missing = opinion_missing(asked, [scoring(reviewer, 3) for reviewer in scored], prepared(by=by))

    assert (missing is not None) == is_missing


def test_a_decided_revision_waits_for_no_second_opinion() -> None:
    assert entry(opinion=opinion()).opinion_missing
    assert entry(review(State.APPROVED), opinion=opinion()).opinion_missing is None


def test_another_reviewer_or_anybody_may_be_asked() -> None:
    check_question(HANA, MATEO, "", named=True)
    check_question(HANA, None, "Is it production?", named=False)


@pytest.mark.parametrize(
    ("asked", "why", "named", "fields"),
    [(HANA, "", True, ["of"]), (None, "", True, ["of"]), (None, "x" * 501, False, ["why"])],
)
def test_only_another_known_reviewer_may_be_asked_and_a_question_is_short(
    asked: Person | None, why: str, named: bool, fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        check_question(HANA, asked, why, named=named)

    assert [fault.field for fault in refused.value.faults] == fields


def test_only_staff_and_who_asked_may_say_that_none_is_needed() -> None:
    check_may_drop(opinion("hana"), HANA, is_staff=False)
    check_may_drop(opinion("hana"), MATEO, is_staff=True)
    check_may_drop(None, MATEO, is_staff=False)

    with pytest.raises(Forbidden, match="Hana asked for it"):
        check_may_drop(opinion("hana"), MATEO, is_staff=False)
