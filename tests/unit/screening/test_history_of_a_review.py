"""What happened to a revision, as staff see it."""

from datetime import timedelta

from services.screening.rules import reviews
from services.screening.rules.deliberation import Act, ActLine
from services.screening.rules.history import history
from tests.unit.screening.reviews import MONDAY, review
from tests.unit.screening.test_approval import RULE

LATER = MONDAY + timedelta(hours=1)
LATEST = MONDAY + timedelta(hours=2)


def test_steps_and_acts_are_one_history_and_a_verdict_names_who_released_it() -> None:
    decided = reviews.decide(review(), reviews.Verdict.RETURN, "Name a supervisor.", now=LATEST)
    acts = [ActLine(Act.PREPARED, "Hana", LATER, "return"), ActLine(Act.RELEASED, "Mateo", LATEST, "")]

    lines = history(decided, acts, None)

    assert [(line.transition, line.by, line.comments) for line in lines] == [
        ("Submitted", "host", ""),
        ("prepared", "Hana", "return"),
        ("Returned", "Mateo", "Name a supervisor."),
    ]


def test_a_verdict_that_a_rule_gave_names_the_rule_and_why_it_is_set() -> None:
    approved = review().moved(reviews.APPROVE_BY_RULE, now=LATER)

    (_, line) = history(approved, [], RULE)

    assert line.by == "programme rule 1 (Known well.)"


def test_a_verdict_without_a_recorded_release_is_by_staff() -> None:
    approved = reviews.decide(review(), reviews.Verdict.APPROVE, "", now=LATER)

    assert history(approved, [], None)[-1].by == "staff"
