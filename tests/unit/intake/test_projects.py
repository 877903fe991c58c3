from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.projects import APPROVE, DECLINE, RETURN, Project, ProjectState, check, proposed, settles
from services.intake.rules.rounds import Round
from shared.contracts.submissions import ProjectProposal
from shared.refusals import Invalid
from tests.support.intake import SUBMISSIONS_CLOSE, SUBMISSIONS_OPEN, a_proposal, a_round, a_template

SMALLEST = timedelta(microseconds=1)


def a_project(**changes: Any) -> Project:
    return Project(
        **{
            "project_id": "P0001",
            "round_id": "trinity-2027",
            "host_id": "H0001",
            "revision": 1,
            "state": ProjectState.RETURNED,
            "template": a_template(),
        }
        | changes
    )


def faults(
    proposal: ProjectProposal,
    *,
    sent_at: datetime = SUBMISSIONS_OPEN,
    rounds: Iterable[Round] = (a_round(),),
    host_known: bool = True,
    current: Project | None = None,
) -> dict[str, str]:
    try:
        check(proposal, sent_at=sent_at, rounds=list(rounds), host_known=host_known, current=current)
    except Invalid as refused:
        return {fault.field: fault.reason for fault in refused.faults}
    return {}


def test_a_valid_proposal_waits_for_review_in_its_round() -> None:
    round_ = check(a_proposal(), sent_at=SUBMISSIONS_OPEN, rounds=[a_round()], host_known=True, current=None)
    assert proposed(a_proposal(), round_) == a_project(state=ProjectState.UNDER_REVIEW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"days": 1}, "days"),
        ({"days": 6}, "days"),
        ({"week": 8, "starts_on": date(2027, 6, 14)}, "week"),
        ({"starts_on": date(2027, 6, 20), "days": 2}, "starts_on"),
        ({"starts_on": date(2027, 6, 22), "days": 5}, "starts_on"),
        ({"starts_on": date(2027, 6, 28), "days": 2}, "starts_on"),
        ({"starts_on": date(9999, 12, 31)}, "starts_on"),
        ({"tasks": []}, "tasks"),
        ({"tasks": [" ", ""]}, "tasks"),
        ({"deliverables": []}, "deliverables"),
        ({"scope": " \n"}, "scope"),
        ({"supervisor_name": ""}, "supervisor_name"),
        ({"places": 0}, "places"),
        ({"places": -1}, "places"),
    ],
)
def test_what_is_at_fault_is_named(changes: dict[str, Any], field: str) -> None:
    assert list(faults(a_proposal(**changes))) == [field]


def test_all_faults_are_named_at_once() -> None:
    proposal = a_proposal(
        days=7, week=8, tasks=[], deliverables=[], scope="", supervisor_name="", places=0, starts_on=date(2020, 1, 1)
    )
    found = faults(proposal, sent_at=SUBMISSIONS_CLOSE, host_known=False)
    assert set(found) == {
        *("sent_at", "host_id", "days", "week", "tasks", "deliverables", "scope", "supervisor_name", "places")
    }


@pytest.mark.parametrize("changes", [{"days": 7}, {"week": 8}])
def test_the_first_day_is_checked_only_if_week_and_days_are_right(changes: dict[str, Any]) -> None:
    assert list(faults(a_proposal(starts_on=date(2020, 1, 1), **changes))) == list(changes)


@given(st.integers(2, 5), st.dates(date(2027, 6, 14), date(2027, 7, 9)))
def test_a_placement_lies_within_monday_and_friday_of_its_week(days: int, starts_on: date) -> None:
    monday, friday = date(2027, 6, 21), date(2027, 6, 25)
    fits = monday <= starts_on and starts_on + timedelta(days=days - 1) <= friday
    assert list(faults(a_proposal(days=days, starts_on=starts_on))) == ([] if fits else ["starts_on"])


@pytest.mark.parametrize(
    ("sent_at", "fields"),
    [
        (SUBMISSIONS_OPEN - SMALLEST, ["sent_at"]),
        (SUBMISSIONS_OPEN, []),
        (SUBMISSIONS_CLOSE - SMALLEST, []),
        (SUBMISSIONS_CLOSE, ["sent_at"]),
    ],
)
def test_the_limits_of_time_are_exact(sent_at: datetime, fields: list[str]) -> None:
    assert list(faults(a_proposal(), sent_at=sent_at)) == fields


def test_without_a_round_everything_else_is_still_checked() -> None:
    assert list(faults(a_proposal(places=0, days=9), rounds=[])) == ["sent_at", "places", "days"]


def test_an_unknown_host_is_at_fault() -> None:
    assert list(faults(a_proposal(), host_known=False)) == ["host_id"]


def test_a_host_cannot_correct_anothers_project() -> None:
    assert list(faults(a_proposal(host_id="H0002"), current=a_project())) == ["host_id"]


@pytest.mark.parametrize("state", [ProjectState.UNDER_REVIEW, ProjectState.RETURNED])
def test_a_higher_revision_corrects_a_project_that_is_not_decided(state: ProjectState) -> None:
    assert faults(a_proposal(revision=3), current=a_project(state=state)) == {}


@pytest.mark.parametrize("revision", [1, 2])
def test_a_correction_has_a_higher_revision(revision: int) -> None:
    assert list(faults(a_proposal(revision=revision), current=a_project(revision=2))) == ["revision"]


@pytest.mark.parametrize("state", [ProjectState.APPROVED, ProjectState.DECLINED, ProjectState.WITHDRAWN])
def test_a_decided_project_is_no_longer_corrected_and_the_fault_names_what_to_do(state: ProjectState) -> None:
    found = faults(a_proposal(revision=2), current=a_project(state=state))
    assert list(found) == ["revision"]
    assert "propose another" in found["revision"]


@pytest.mark.parametrize("verdict", [APPROVE, RETURN, DECLINE])
def test_a_verdict_on_an_earlier_revision_or_an_ended_project_changes_nothing(verdict: Any) -> None:
    waiting = a_project(state=ProjectState.UNDER_REVIEW, revision=2)
    assert settles(verdict, 2, waiting)
    assert not settles(verdict, 1, waiting)
    assert not settles(verdict, 2, waiting.model_copy(update={"state": ProjectState.WITHDRAWN}))
