from datetime import datetime, timedelta
from typing import Any

import pytest

from services.intake.rules.projects import ListedProject, ProjectState
from services.intake.rules.standing import comments_on, happened, next_round, open_round, projects_by_round, standing
from tests.support.intake import CLOSES, OPENS, SUBMISSIONS_CLOSE, SUBMISSIONS_OPEN, a_round, a_template

HILARY = a_round(
    round_id="hilary-2028",
    name="Hilary 2028",
    submissions_open_at=SUBMISSIONS_OPEN + timedelta(days=280),
    submissions_close_at=SUBMISSIONS_CLOSE + timedelta(days=280),
    offers_at=a_round().offers_at + timedelta(days=280),
)
ROUNDS = [a_round(), HILARY]
RANKINGS_DUE, OFFERS = a_round().rankings_due_at, a_round().offers_at
OVER = datetime.fromisoformat("2027-06-26T00:00:00+01:00")


def a_project(state: ProjectState = ProjectState.APPROVED, **changes: Any) -> ListedProject:
    facts: dict[str, Any] = {
        "project_id": "P0001",
        "round_id": "trinity-2027",
        "host_id": "H0001",
        "revision": 1,
        "state": state,
        "template": a_template(),
        "organisation": "Brown & Brown Museum",
        "sector": "Heritage and museums",
    }
    return ListedProject(**facts | changes)


@pytest.mark.parametrize(
    ("state", "now", "label", "until"),
    [
        (ProjectState.UNDER_REVIEW, SUBMISSIONS_OPEN, "Under review", SUBMISSIONS_CLOSE),
        (ProjectState.UNDER_REVIEW, SUBMISSIONS_CLOSE, "Under review", None),
        (ProjectState.RETURNED, SUBMISSIONS_OPEN, "Returned to you", SUBMISSIONS_CLOSE),
        (ProjectState.RETURNED, SUBMISSIONS_CLOSE, "Returned to you", None),
        (ProjectState.APPROVED, SUBMISSIONS_CLOSE, "Approved", OPENS),
        (ProjectState.APPROVED, OPENS, "Open for applications", CLOSES),
        (ProjectState.APPROVED, CLOSES, "Applications have closed", RANKINGS_DUE),
        (ProjectState.APPROVED, RANKINGS_DUE, "Being matched", OFFERS),
        (ProjectState.APPROVED, OFFERS, "Offers are out", None),
        (ProjectState.APPROVED, OVER, "Over", None),
        (ProjectState.DECLINED, OPENS, "Declined", None),
        (ProjectState.WITHDRAWN, OPENS, "Withdrawn", None),
    ],
)
def test_a_host_sees_the_status_of_a_project_and_its_deadline(
    state: ProjectState, now: datetime, label: str, until: datetime | None
) -> None:
    status = standing(a_project(state), ROUNDS, now=now).status
    assert (status.label, status.deadline.at if status.deadline else None) == (label, until)


@pytest.mark.parametrize(
    ("state", "now", "correct", "withdraw"),
    [
        (ProjectState.UNDER_REVIEW, SUBMISSIONS_OPEN, True, True),
        (ProjectState.RETURNED, SUBMISSIONS_CLOSE, False, True),
        (ProjectState.RETURNED, HILARY.submissions_open_at, True, True),
        (ProjectState.APPROVED, SUBMISSIONS_OPEN, False, True),
        (ProjectState.DECLINED, SUBMISSIONS_OPEN, False, False),
        (ProjectState.WITHDRAWN, SUBMISSIONS_OPEN, False, False),
    ],
)
def test_a_host_may_do_only_what_the_state_and_the_time_allow(
    state: ProjectState, now: datetime, correct: bool, withdraw: bool
) -> None:
    found = standing(a_project(state), ROUNDS, now=now)
    assert (found.may_correct, found.may_withdraw) == (correct, withdraw)


def test_the_open_round_and_the_next_are_known() -> None:
    assert open_round(ROUNDS, SUBMISSIONS_OPEN) == a_round()
    assert open_round(ROUNDS, SUBMISSIONS_CLOSE) is None
    assert next_round(ROUNDS, SUBMISSIONS_CLOSE) == HILARY
    assert next_round(ROUNDS, HILARY.submissions_open_at) is None


def test_a_second_round_takes_no_proposals() -> None:
    second = HILARY.model_copy(update={"follows": "trinity-2027"})
    assert open_round([second], HILARY.submissions_open_at) is None
    assert next_round([second], SUBMISSIONS_OPEN) is None


def test_projects_are_grouped_by_round_the_latest_first() -> None:
    projects = [a_project(), a_project(project_id="P0002", round_id="hilary-2028")]
    found = projects_by_round(projects, ROUNDS, now=OFFERS)
    assert [(group.round_.round_id, group.is_over) for group in found] == [
        ("hilary-2028", False),
        ("trinity-2027", True),
    ]


def test_comments_are_those_on_the_current_revision() -> None:
    history = [
        {"transition": "propose", "by": "host", "revision": 1, "comments": ""},
        {"transition": "return", "by": "staff", "revision": 1, "comments": "What will exist at the end?"},
    ]
    assert comments_on(a_project(), history) == "What will exist at the end?"
    assert comments_on(a_project(revision=2), history) == ""
    assert [text for text, _ in happened(history)] == ["It was returned to you", "You proposed it"]
