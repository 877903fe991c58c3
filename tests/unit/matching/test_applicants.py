"""What a host sees of its applicants, and how it ranks them and sends the ranking."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.matching.rules import rounds
from services.matching.rules.applicants import Applicants, MoveAsked, check_complete, move, shown_to_host
from services.matching.rules.life import State
from services.matching.rules.orders import Order
from services.matching.rules.projects import ProjectInFull
from services.matching.rules.rankings import Progress, Stage
from shared.refusals import Invalid, NotAllowed
from tests.support.examples import ROUND, round_scheduled
from tests.support.matching import DAYS, OFFERS_AT, application

RECEIVED = [
    application("S1", "P1"),
    application("S2", "P1"),
    application("S3", "P1", state=State.WITHDRAWN),
    application("S4", "P1", state=State.UNSUCCESSFUL),
]
PROJECT = ProjectInFull("P1", ROUND, "H1", "A small tool", places=1, withdrawn=False, days=DAYS, template=None)


def applicants(*ranked: str, stage: Stage = Stage.TO_RANK) -> Applicants:
    return Applicants(
        project=PROJECT,
        round=rounds.scheduled(round_scheduled()),
        progress=Progress(stage, applicants=3, sent=False, begun=True),
        shown=shown_to_host(RECEIVED, Stage.TO_RANK),
        students={},
        sent=None,
        order=Order(ranked),
    )


@pytest.mark.parametrize(
    ("stage", "shown"),
    [
        (Stage.COMING, []),
        (Stage.CLOSING, []),
        (Stage.TO_RANK, ["S1-P1", "S2-P1"]),
        (Stage.OVERDUE, ["S1-P1", "S2-P1"]),
        (Stage.MATCHED, ["S1-P1", "S2-P1", "S4-P1"]),
        (Stage.OVER, []),
    ],
)
def test_a_host_sees_its_applicants_from_the_close_of_applications_until_the_round_is_over(
    stage: Stage, shown: list[str]
) -> None:
    assert list(shown_to_host(RECEIVED, stage)) == shown


@pytest.mark.parametrize(
    ("asked", "ranked"),
    [
        (MoveAsked("S2-P1", "up"), ["S2-P1", "S1-P1"]),
        (MoveAsked("S1-P1", "down"), ["S2-P1", "S1-P1"]),
        (MoveAsked("S1-P1", "last"), ["S2-P1", "S1-P1"]),
        (MoveAsked("S2-P1", "to", place=1), ["S2-P1", "S1-P1"]),
        (MoveAsked("S1-P1", "back"), ["S2-P1"]),
        (MoveAsked("S1-P1", "aside", reason="No German."), ["S2-P1"]),
    ],
)
def test_an_applicant_is_moved(asked: MoveAsked, ranked: list[str]) -> None:
    assert list(move(applicants("S1-P1", "S2-P1"), asked).ranked) == ranked


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (MoveAsked("S1-P1", "sideways"), "move"),
        (MoveAsked("S1-P1", "to"), "place-S1-P1"),
        (MoveAsked("S1-P1", "aside"), "reason-S1-P1"),
    ],
)
def test_an_incomplete_or_unknown_move_is_refused(asked: MoveAsked, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        move(applicants("S1-P1"), asked)

    assert [fault.field for fault in refused.value.faults] == [field]


def test_an_applicant_who_has_withdrawn_is_not_moved() -> None:
    with pytest.raises(NotAllowed, match="no longer applies"):
        move(applicants("S1-P1"), MoveAsked("S3-P1", "up"))


def test_nobody_is_moved_before_applications_are_closed_or_after_the_match() -> None:
    with pytest.raises(NotAllowed, match="once applications are closed"):
        move(applicants(stage=Stage.COMING), MoveAsked("S1-P1", "last"))

    open_ = applicants()
    matched = replace(open_, round=replace(open_.round, matched_at=OFFERS_AT + timedelta(hours=1)))
    with pytest.raises(NotAllowed, match="match of this round was made"):
        move(matched, MoveAsked("S1-P1", "last"))


def test_a_ranking_of_all_applicants_is_complete() -> None:
    check_complete(applicants("S1-P1", "S2-P1"), leave_out=False)


@pytest.mark.parametrize(("ranked", "reason"), [((), "Your order is empty"), (("S1-P1",), "Some applicants are not")])
def test_leaving_applicants_out_of_a_ranking_has_to_be_confirmed(ranked: tuple[str, ...], reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_complete(applicants(*ranked), leave_out=False)
    assert [fault.field for fault in refused.value.faults] == ["leave_out"]
    assert refused.value.faults[0].reason.startswith(reason)

    check_complete(applicants(*ranked), leave_out=True)
