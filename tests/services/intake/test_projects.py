import pytest

from shared.contracts.intake import ProjectSubmitted, ProjectWithdrawn
from shared.contracts.screening import ProjectDeclined, ProjectReturned
from shared.contracts.submissions import ProjectWithdrawal
from tests.services.intake.front_door import FrontDoor
from tests.support.intake import SUBMISSIONS_CLOSE, a_proposal

RETURNED = ProjectReturned(
    project_id="P0001", revision=1, round_id="trinity-2027", host_id="H0001", comments="What will exist at the end?"
)
DECLINED = ProjectDeclined(
    project_id="P0001", revision=1, round_id="trinity-2027", host_id="H0001", comments="It does not fit."
)


@pytest.fixture
async def open_door(door: FrontDoor) -> FrontDoor:
    await door.schedule()
    await door.register()
    return door


async def test_a_valid_proposal_is_submitted_for_review(open_door: FrontDoor) -> None:
    await open_door.propose()

    (published,) = await open_door.intake.published(ProjectSubmitted)
    assert published == ProjectSubmitted(round_id="trinity-2027", **dict(a_proposal()))
    assert await open_door.state_of("/projects/P0001") == "under_review"


async def test_a_proposal_at_fault_is_refused_with_all_its_faults_and_nothing_else_happens(
    open_door: FrontDoor,
) -> None:
    event_id = await open_door.propose(time=SUBMISSIONS_CLOSE, places=0, tasks=[])

    assert await open_door.refusals() == {event_id: ["sent_at", "tasks", "places"]}
    assert await open_door.intake.published(ProjectSubmitted) == []
    assert (await open_door.intake.http.get("/projects")).json() == []


async def test_a_proposal_before_any_round_is_refused(door: FrontDoor) -> None:
    await door.register()
    event_id = await door.propose(days=9)
    assert await door.refusals() == {event_id: ["sent_at", "days"]}


async def test_a_returned_project_comes_back_as_a_new_revision_with_its_history(open_door: FrontDoor) -> None:
    await open_door.propose()
    await open_door.intake.receive(RETURNED)
    await open_door.propose(revision=2, deliverables=["A guide"])
    await open_door.approve(a_proposal(revision=2))

    project = (await open_door.intake.http.get("/projects/P0001")).json()
    assert (project["state"], project["revision"]) == ("approved", 2)
    assert [revision["template"]["deliverables"] for revision in project["revisions"]] == [
        a_proposal().deliverables,
        ["A guide"],
    ]
    assert [(step["transition"], step["revision"], step["by"]) for step in project["history"]] == [
        ("propose", 1, "host"),
        ("return", 1, "staff"),
        ("correct", 2, "host"),
        ("approve", 2, "staff"),
    ]
    assert project["history"][1]["comments"] == RETURNED.comments


async def test_verdicts_come_in_any_order(open_door: FrontDoor) -> None:
    await open_door.propose()
    await open_door.propose(revision=2)
    await open_door.approve(a_proposal(revision=2))
    await open_door.intake.receive(RETURNED)
    assert await open_door.state_of("/projects/P0001") == "approved"


async def test_a_decided_project_is_not_corrected(open_door: FrontDoor) -> None:
    await open_door.propose()
    await open_door.intake.receive(DECLINED)
    event_id = await open_door.propose(revision=2)
    assert await open_door.refusals() == {event_id: ["revision"]}


async def test_a_project_is_taken_back_once(open_door: FrontDoor) -> None:
    await open_door.propose()
    withdrawal = ProjectWithdrawal(project_id="P0001", reason="Our plans have changed.")
    await open_door.intake.submit("customer-relations", withdrawal)
    await open_door.intake.submit("customer-relations", withdrawal)
    answer = await open_door.intake.http.post("/projects/P0001/withdrawal", json={"reason": "Again."})

    assert answer.json()["state"] == "withdrawn"
    (published,) = await open_door.intake.published(ProjectWithdrawn)
    assert (published.project_id, published.host_id, published.reason) == ("P0001", "H0001", "Our plans have changed.")


async def test_a_verdict_after_the_withdrawal_changes_nothing(open_door: FrontDoor) -> None:
    await open_door.propose()
    await open_door.intake.http.post("/projects/P0001/withdrawal", json={})
    await open_door.approve(a_proposal())
    assert await open_door.state_of("/projects/P0001") == "withdrawn"


async def test_a_declined_project_has_nothing_left_to_take_back(open_door: FrontDoor) -> None:
    await open_door.propose()
    await open_door.intake.receive(DECLINED)
    answer = await open_door.intake.http.post("/projects/P0001/withdrawal", json={})
    assert answer.json()["state"] == "declined"
    assert await open_door.intake.published(ProjectWithdrawn) == []


async def test_what_is_not_known_cannot_be_taken_back(open_door: FrontDoor) -> None:
    event_id = await open_door.intake.submit("customer-relations", ProjectWithdrawal(project_id="P9999"))
    assert await open_door.refusals() == {event_id: ["project_id"]}
    assert (await open_door.intake.http.post("/projects/P9999/withdrawal", json={})).status_code == 404
    assert (await open_door.intake.http.get("/projects/P9999")).status_code == 404


async def test_projects_are_found_by_state_sector_and_round(open_door: FrontDoor) -> None:
    await open_door.propose()
    await open_door.propose(project_id="P0002")
    await open_door.approve(a_proposal(project_id="P0002"))

    async def found(**filters: str) -> list[str]:
        answer = await open_door.intake.http.get("/projects", params=filters)
        return [project["project_id"] for project in answer.json()]

    assert await found() == ["P0001", "P0002"]
    assert await found(state="approved") == ["P0002"]
    assert await found(sector="Heritage and museums", round_id="trinity-2027") == ["P0001", "P0002"]
    assert await found(sector="Technology") == []
    assert await found(round_id="hilary-2027") == []
