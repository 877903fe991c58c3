"""The check of a round's history: a right history passes, and each kind of violation is found."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.matching.rules import history, life
from services.matching.rules.endings import Reply
from services.matching.rules.history import Applied, RecordedStep
from services.matching.rules.life import State
from shared.workflow import Step, Transition
from tests.support.matching import CUT_OFF, OFFERS_AT, RoundInMemory, application_received

RANKINGS = {"P1": ["S1-P1", "S2-P1", "S3-P1"], "P2": ["S2-P2", "S1-P2"]}
WISHES = {"S1-P1": 1, "S1-P2": 2, "S2-P1": 1, "S2-P2": 2, "S3-P1": 1}


def a_round() -> RoundInMemory:
    """Two projects of one place; S1 is offered P1, S2 P2, and S3 waits for P1."""
    lived = RoundInMemory({"P1": 1, "P2": 1})
    for name, preference in WISHES.items():
        student, project = name.split("-")
        lived.receive(application_received(student, project, preference))
    for project, ranking in RANKINGS.items():
        lived.rank(project, ranking)
    lived.now = OFFERS_AT
    lived.make_match()
    return lived


def violations_after(
    lived: RoundInMemory, *steps: tuple[str, Transition[State], State], at: datetime = OFFERS_AT + timedelta(hours=1)
) -> list[str]:
    """What the check finds if these steps, of an application from a state, are decided next and together."""
    recorded = [
        RecordedStep(application, "next", Step(transition.name, before, transition.after, transition.by, at))
        for application, transition, before in steps
    ]
    return history.violations(replace(lived.history, steps=[*lived.history.steps, *recorded]))


def test_a_round_that_follows_the_rules_has_no_violations() -> None:
    lived = a_round()
    lived.reply("S2-P2", Reply.ACCEPT)
    lived.expire("S1-P1")
    lived.reply("S3-P1", Reply.DECLINE)
    lived.cancel("S2-P2", "host")
    lived.end_waiting_list()

    assert lived.in_state(State.OFFERED) == ["S1-P2"]
    assert history.violations(lived.history) == []


def test_a_step_from_another_state_than_the_application_was_in_is_found() -> None:
    assert "S3-P1: complete leads from confirmed, but the state was waitlisted" in violations_after(
        a_round(), ("S3-P1", life.COMPLETE, State.CONFIRMED)
    )


def test_a_step_that_no_transition_allows_is_found() -> None:
    assert "S3-P1: complete by programme from waitlisted to completed is no transition" in violations_after(
        a_round(), ("S3-P1", life.COMPLETE, State.WAITLISTED)
    )


def test_an_unstable_match_is_found() -> None:
    lived = a_round()
    swapped = {"S1-P1": "S1-P2", "S2-P2": "S2-P1"}
    steps = [
        replace(each, application_id=swapped.get(each.application_id, each.application_id))
        if each.step.transition == "match"
        else each
        for each in lived.steps
    ]

    assert "the match: S1-P1 would leave its student and its project better off" in history.violations(
        replace(lived.history, steps=steps)
    )


def test_a_second_place_of_a_student_is_found() -> None:
    assert "student S1 holds 2 places" in violations_after(a_round(), ("S1-P2", life.OFFER_ON, State.STANDING))


def test_a_project_that_gives_more_than_it_has_is_found() -> None:
    assert "project P1 gives 1 places more than it has" in violations_after(
        a_round(), ("S3-P1", life.OFFER_ON, State.WAITLISTED)
    )


def test_an_acceptance_that_leaves_another_application_standing_is_found() -> None:
    assert "S1-P1 was accepted, and another application of the student stands" in violations_after(
        a_round(), ("S1-P1", life.ACCEPT, State.OFFERED)
    )


@pytest.mark.parametrize("transition", [life.DECLINE, life.EXPIRE])
def test_a_declined_offer_that_ends_another_application_is_found(transition: Transition[State]) -> None:
    assert "S1-P1 was declined, and another application of the student ended" in violations_after(
        a_round(), ("S1-P1", transition, State.OFFERED), ("S1-P2", life.NO_PLACE, State.STANDING)
    )


def test_a_place_that_is_not_offered_on_is_found() -> None:
    assert "project P1 has 1 places free, and S2-P1 waits for one" not in violations_after(
        a_round(), ("S1-P1", life.DECLINE, State.OFFERED)
    )
    assert "project P1 has 1 places free, and S3-P1 waits for one" in violations_after(
        a_round(), ("S1-P1", life.DECLINE, State.OFFERED)
    )


def test_a_free_place_that_is_not_offered_to_a_student_who_becomes_free_is_found() -> None:
    lived = a_round()
    lived.withdraw("S3-P1")
    lived.reply("S1-P1", Reply.DECLINE)

    assert lived.in_state(State.OFFERED) == ["S2-P2"]
    assert "project P1 has 1 places free, and S2-P1 waits for one" in violations_after(
        lived, ("S2-P2", life.DECLINE, State.OFFERED)
    )


def test_a_place_offered_on_past_someone_ranked_higher_is_found() -> None:
    lived = RoundInMemory({"P1": 1})
    for student in ("S1", "S2", "S3"):
        lived.receive(application_received(student, "P1"))
    lived.rank("P1", ["S1-P1", "S2-P1", "S3-P1"])
    lived.now = OFFERS_AT
    lived.make_match()

    assert "S3-P1 was offered a place for which S2-P1 is ranked higher and waits" in violations_after(
        lived, ("S1-P1", life.DECLINE, State.OFFERED), ("S3-P1", life.OFFER_ON, State.WAITLISTED)
    )


def test_a_place_offered_on_after_the_cut_off_is_found_and_one_left_free_is_right() -> None:
    declined, offered = ("S1-P1", life.DECLINE, State.OFFERED), ("S3-P1", life.OFFER_ON, State.WAITLISTED)

    assert "S3-P1 was offered on after the cut-off" in violations_after(a_round(), declined, offered, at=CUT_OFF)
    assert violations_after(a_round(), declined, at=CUT_OFF) == []


def test_steps_that_were_decided_together_are_judged_together_though_applications_arrive_meanwhile() -> None:
    lived = a_round()
    lived.reply("S1-P1", Reply.DECLINE)
    *before, last = lived.steps
    arrived = RecordedStep("S4-P1", "meanwhile", life.RECEIVE.step(None, at=OFFERS_AT))
    applications = {**lived.history.applications, "S4-P1": Applied("S4", "P1", (1, OFFERS_AT, "S4-P1"))}

    assert last.cause == before[-1].cause
    assert history.violations(replace(lived.history, steps=[*before, arrived, last], applications=applications)) == []
