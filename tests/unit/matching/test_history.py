"""The check of a round's history: what is right passes, and each kind of wrong is found."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.matching.rules import history, life
from services.matching.rules.endings import Reply
from services.matching.rules.history import Applied, Happened
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


def go_on(
    lived: RoundInMemory, *steps: tuple[str, Transition[State], State], at: datetime = OFFERS_AT + timedelta(hours=1)
) -> list[str]:
    """What is found wrong where these steps are decided next, together: each of an application, from a state."""
    happened = [
        Happened(application, "next", Step(transition.name, before, transition.after, transition.by, at))
        for application, transition, before in steps
    ]
    return history.violations(replace(lived.history, happened=[*lived.history.happened, *happened]))


def test_a_round_that_lived_by_the_rules_has_nothing_wrong() -> None:
    lived = a_round()
    lived.reply("S2-P2", Reply.ACCEPT)
    lived.expire("S1-P1")
    lived.reply("S3-P1", Reply.DECLINE)
    lived.cancel("S2-P2", "host")
    lived.end_waiting_list()

    assert lived.in_state(State.OFFERED) == ["S1-P2"]
    assert history.violations(lived.history) == []


def test_a_step_from_another_state_than_the_application_was_in_is_found() -> None:
    assert "S3-P1: complete says that it was confirmed, but it was waitlisted" in go_on(
        a_round(), ("S3-P1", life.COMPLETE, State.CONFIRMED)
    )


def test_a_step_that_no_transition_allows_is_found() -> None:
    assert "S3-P1: complete by programme leads from waitlisted to completed" in go_on(
        a_round(), ("S3-P1", life.COMPLETE, State.WAITLISTED)
    )


def test_an_unstable_match_is_found() -> None:
    lived = a_round()
    swapped = {"S1-P1": "S1-P2", "S2-P2": "S2-P1"}
    happened = [
        replace(each, application_id=swapped.get(each.application_id, each.application_id))
        if each.step.transition == "match"
        else each
        for each in lived.happened
    ]

    assert "the match: S1-P1 would leave its student and its project better off" in history.violations(
        replace(lived.history, happened=happened)
    )


def test_a_second_place_of_a_student_is_found() -> None:
    assert "student S1 holds 2 places" in go_on(a_round(), ("S1-P2", life.OFFER_ON, State.STANDING))


def test_a_project_that_gives_more_than_it_has_is_found() -> None:
    assert "project P1 gives 1 places more than it has" in go_on(a_round(), ("S3-P1", life.OFFER_ON, State.WAITLISTED))


def test_an_acceptance_that_leaves_another_application_standing_is_found() -> None:
    assert "S1-P1 was accepted, and another application of the student stands" in go_on(
        a_round(), ("S1-P1", life.ACCEPT, State.OFFERED)
    )


@pytest.mark.parametrize("transition", [life.DECLINE, life.EXPIRE])
def test_a_declined_offer_that_ends_another_application_is_found(transition: Transition[State]) -> None:
    assert "S1-P1 was declined, and another application of the student ended" in go_on(
        a_round(), ("S1-P1", transition, State.OFFERED), ("S1-P2", life.NO_PLACE, State.STANDING)
    )


def test_a_place_that_is_not_offered_on_is_found() -> None:
    assert "project P1 has 1 places free, and S2-P1 waits for one" not in go_on(
        a_round(), ("S1-P1", life.DECLINE, State.OFFERED)
    )
    assert "project P1 has 1 places free, and S3-P1 waits for one" in go_on(
        a_round(), ("S1-P1", life.DECLINE, State.OFFERED)
    )


def test_a_place_that_a_student_becomes_free_for_is_to_be_offered_on_too() -> None:
    lived = a_round()
    lived.withdraw("S3-P1")
    lived.reply("S1-P1", Reply.DECLINE)

    assert lived.in_state(State.OFFERED) == ["S2-P2"]
    assert "project P1 has 1 places free, and S2-P1 waits for one" in go_on(
        lived, ("S2-P2", life.DECLINE, State.OFFERED)
    )


def test_a_place_offered_on_past_someone_ranked_higher_is_found() -> None:
    lived = RoundInMemory({"P1": 1})
    for student in ("S1", "S2", "S3"):
        lived.receive(application_received(student, "P1"))
    lived.rank("P1", ["S1-P1", "S2-P1", "S3-P1"])
    lived.now = OFFERS_AT
    lived.make_match()

    assert "S3-P1 was offered a place for which S2-P1 is ranked higher and waits" in go_on(
        lived, ("S1-P1", life.DECLINE, State.OFFERED), ("S3-P1", life.OFFER_ON, State.WAITLISTED)
    )


def test_a_place_offered_on_after_the_cut_off_is_found_and_one_left_free_is_right() -> None:
    declined, offered = ("S1-P1", life.DECLINE, State.OFFERED), ("S3-P1", life.OFFER_ON, State.WAITLISTED)

    assert "S3-P1 was offered on after the cut-off" in go_on(a_round(), declined, offered, at=CUT_OFF)
    assert go_on(a_round(), declined, at=CUT_OFF) == []


def test_applications_that_arrive_meanwhile_do_not_part_what_was_decided_together() -> None:
    lived = a_round()
    lived.reply("S1-P1", Reply.DECLINE)
    *before, last = lived.happened
    arrived = Happened("S4-P1", "meanwhile", life.RECEIVE.step(None, at=OFFERS_AT))
    applications = {**lived.history.applications, "S4-P1": Applied("S4", "P1", (1, OFFERS_AT, "S4-P1"))}

    assert last.cause == before[-1].cause
    assert (
        history.violations(replace(lived.history, happened=[*before, arrived, last], applications=applications)) == []
    )
