"""Which prepared verdicts are released, and why others are left out."""

from datetime import timedelta

import pytest

from services.screening.rules.deliberation import Entry
from services.screening.rules.release import Chosen, release
from services.screening.rules.reviews import State, Verdict
from tests.unit.screening.reviews import MONDAY, entry, opinion, prepared, review, scoring

LATER = MONDAY + timedelta(days=1)
CHOSEN = Chosen("P0001", 1, number=1)


def released(*entries: Entry, chosen: tuple[Chosen, ...] = (CHOSEN,)) -> tuple[list[State], list[str]]:
    """The states of the released reviews, and the reasons of those that are left out."""
    outcome = release(chosen, {each.key: each for each in entries}, now=LATER)
    return [each.state for each in outcome.decided], [left.why for left in outcome.left_out]


def test_what_is_prepared_and_chosen_is_released_with_its_comments() -> None:
    ready = entry(prepared=prepared(Verdict.RETURN, comments="Please name a supervisor."))

    (decided,) = release([CHOSEN], {ready.key: ready}, now=LATER).decided

    assert decided.state is State.RETURNED
    assert (decided.steps[-1].comments, decided.steps[-1].at) == ("Please name a supervisor.", LATER)


def test_the_same_one_chosen_twice_is_released_once() -> None:
    assert released(entry(prepared=prepared()), chosen=(CHOSEN, CHOSEN)) == ([State.APPROVED], [])


@pytest.mark.parametrize("state", [State.SUPERSEDED, State.WITHDRAWN, State.APPROVED, State.DECLINED])
def test_what_was_overtaken_is_left_out_and_need_not_be_kept(state: State) -> None:
    gone = entry(review(state), prepared=prepared())

    outcome = release([CHOSEN], {gone.key: gone}, now=LATER)

    assert outcome.decided == ()
    assert [left.overtaken for left in outcome.left_out] == [True]


def test_what_waits_for_a_second_opinion_is_left_out_and_kept() -> None:
    waiting = entry(prepared=prepared(by="hana"), opinion=opinion("hana"))

    outcome = release([CHOSEN], {waiting.key: waiting}, now=LATER)

    assert [left.overtaken for left in outcome.left_out] == [False]
    assert "second opinion" in outcome.left_out[0].why


def test_with_a_second_opinion_it_is_released() -> None:
    given = entry(prepared=prepared(by="hana"), opinion=opinion("hana"), scorings=[scoring("mateo", 3)])

    assert released(given) == ([State.APPROVED], [])


def test_what_was_changed_cleared_or_never_there_is_left_out() -> None:
    changed = entry(prepared=prepared(number=2))

    assert released(changed) == ([], ["Hana has changed the verdict since you looked."])
    assert released(entry()) == ([], ["Somebody has cleared the verdict since you looked."])
    assert released() == ([], ["No such revision was submitted."])


def test_a_verdict_that_is_left_out_does_not_keep_others_back() -> None:
    ready = entry(prepared=prepared())
    gone = entry(review(State.WITHDRAWN, project_id="P0002"), prepared=prepared())

    states, reasons = released(ready, gone, chosen=(Chosen("P0002", 1, 1), CHOSEN))

    assert (states, len(reasons)) == ([State.APPROVED], 1)


def test_the_text_on_a_release_names_five_of_those_left_out() -> None:
    ready = entry(prepared=prepared())
    chosen = (CHOSEN, *(Chosen(f"P1{number:03}", 1, 1) for number in range(7)))

    text = str(release(chosen, {ready.key: ready}, now=LATER))

    assert text.startswith("Released: 1 approved. Left out: P1000, revision 1. ")
    assert text.count(" Left out: ") == 5
    assert text.endswith(" 2 more were left out.")
    assert str(release([], {}, now=LATER)) == "Nothing was released."


@pytest.mark.parametrize(
    "text", ["", "P0001", "P0001/1", "P0001/x/1", "P0001/1/-1", "P0001/1/1/1", "P0001/1/9999999999"]
)
def test_a_form_value_that_is_no_choice_is_ignored(text: str) -> None:
    assert Chosen.of(text) is None


def test_a_choice_is_read_from_a_form_as_it_was_written() -> None:
    assert Chosen.of(str(CHOSEN)) == CHOSEN
