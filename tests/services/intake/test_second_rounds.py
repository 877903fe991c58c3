"""A second round at intake: which applications it takes, and how a change of its first changes it."""

from datetime import timedelta
from typing import Any

from services.intake.rules.second_rounds import suggested
from shared.contracts.intake import ApplicationReceived, ApplicationsClosed, RoundScheduled
from shared.contracts.matching import (
    OfferDeclined,
    OfferMade,
    PlacementCancelled,
    PlacementConfirmed,
    PlacesLeft,
    ProjectPlaces,
)
from tests.services.intake.front_door import FrontDoor
from tests.support.intake import CLOSES, a_proposal, a_round
from tests.support.matching import DAYS

FIRST = a_round()
SECOND = suggested(FIRST)
SECOND_ROUND = "trinity-2027.2"


def left(**places: int) -> PlacesLeft:
    projects = [ProjectPlaces(project_id=project, places=number) for project, number in places.items()]
    return PlacesLeft(round_id="trinity-2027", projects=projects)


async def schedule_second(door: FrontDoor, **changes: Any) -> dict[str, Any]:
    body = SECOND.model_copy(update=changes).model_dump(mode="json")
    answer = await door.intake.http.post("/rounds", json=body)
    assert answer.status_code == 201, answer.text
    scheduled: dict[str, Any] = answer.json()
    return scheduled


async def open_second(door: FrontDoor, *students: str, places_left: PlacesLeft | None = None) -> None:
    """A second round that has just opened, after a first of P0001 and P0002; by default P0001 has a place left."""
    await door.open_applications(*students)
    await door.propose(project_id="P0002")
    await door.approve(a_proposal(project_id="P0002"))
    await schedule_second(door)
    await door.apply(student_id=students[0])
    await door.intake.step_to(SECOND.opens_at)
    await door.intake.receive(places_left or left(P0001=1))


def of_first(student_id: str = "S00001") -> dict[str, Any]:
    """The ids of the application that was made in the first round."""
    return {
        "application_id": "A000001",
        "round_id": "trinity-2027",
        "student_id": student_id,
        "project_id": "P0001",
        "host_id": "H0001",
    }


async def apply_in_second(door: FrontDoor, **changes: Any) -> dict[str, list[str]]:
    """Apply in the second round; returns the fields at fault by the submission, empty if it was received."""
    before = set(await door.refusals())
    event_id = await door.apply(**{"application_id": "A000002", "student_id": "S00002"} | changes)
    return {key: fields for key, fields in (await door.refusals()).items() if key == event_id and key not in before}


async def test_a_second_round_is_set_and_published(door: FrontDoor) -> None:
    await door.schedule()
    scheduled = await schedule_second(door)
    assert (scheduled["round_id"], scheduled["follows"]) == (SECOND_ROUND, "trinity-2027")
    published = (await door.intake.published(RoundScheduled))[-1]
    assert (published.round_id, published.follows, published.weeks) == (SECOND_ROUND, "trinity-2027", FIRST.weeks)


async def test_a_second_round_that_does_not_fit_is_answered_with_all_its_faults(door: FrontDoor) -> None:
    await door.schedule()
    shorter = FIRST.weeks[0].model_copy(update={"ends_on": FIRST.weeks[0].ends_on - timedelta(days=1)})
    body = SECOND.model_copy(update={"opens_at": CLOSES, "weeks": [shorter]})
    answer = await door.intake.http.post("/rounds", json=body.model_dump(mode="json"))
    assert (answer.status_code, [fault["field"] for fault in answer.json()["faults"]]) == (
        422,
        ["weeks.0.ends_on", "weeks", "opens_at"],
    )


async def test_a_project_with_places_left_is_applied_for_in_the_second_round(door: FrontDoor) -> None:
    await open_second(door, "S00001", "S00002")
    assert await apply_in_second(door) == {}
    published = (await door.intake.published(ApplicationReceived))[-1]
    assert (published.application_id, published.round_id, published.project_id) == ("A000002", SECOND_ROUND, "P0001")


async def test_a_project_without_places_takes_no_applications_until_one_becomes_free(door: FrontDoor) -> None:
    await open_second(door, "S00001", "S00002")
    (refused,) = (await apply_in_second(door, project_id="P0002")).values()
    assert refused == ["project_id"]

    await door.intake.receive(left(P0002=1), left(P0001=1))
    assert await apply_in_second(door, project_id="P0002", application_id="A000003") == {}


async def test_the_limit_is_the_second_rounds_own(door: FrontDoor) -> None:
    await open_second(door, "S00001", "S00002", places_left=left(P0001=1, P0002=1))
    assert await apply_in_second(door, student_id="S00001") == {}
    (refused,) = (
        await apply_in_second(door, student_id="S00001", application_id="A000003", project_id="P0002")
    ).values()
    assert refused == ["student_id"]


async def test_a_student_with_an_offer_or_a_placement_in_the_first_round_cannot_apply(door: FrontDoor) -> None:
    await open_second(door, "S00001", "S00002")
    await door.intake.receive(OfferMade(**of_first(), reply_by=SECOND.closes_at))
    (refused,) = (await apply_in_second(door, student_id="S00001")).values()
    assert refused == ["student_id"]

    days: dict[str, Any] = {"starts_on": DAYS.starts_on, "ends_on": DAYS.ends_on}
    await door.intake.receive(PlacementConfirmed(**of_first(), **days))
    assert await apply_in_second(door, student_id="S00001", application_id="A000003") != {}
    await door.intake.receive(PlacementCancelled(**of_first(), **days, by="student"))
    assert await apply_in_second(door, student_id="S00001", application_id="A000004") == {}


async def test_an_offer_whose_end_arrives_first_keeps_nobody_from_applying(door: FrontDoor) -> None:
    await open_second(door, "S00001", "S00002")
    await door.intake.receive(OfferDeclined(**of_first(), by="default"))
    await door.intake.receive(OfferMade(**of_first(), reply_by=SECOND.closes_at))
    assert await apply_in_second(door, student_id="S00001") == {}


async def test_an_application_sent_while_the_first_round_was_open_is_too_late(door: FrontDoor) -> None:
    await open_second(door, "S00001", "S00002")
    (refused,) = (await apply_in_second(door, time=CLOSES - timedelta(hours=1))).values()
    assert refused == ["sent_at"]


async def test_applications_of_the_second_round_close_with_their_own_count(door: FrontDoor) -> None:
    await open_second(door, "S00001", "S00002")
    await apply_in_second(door)
    await door.intake.step_to(SECOND.closes_at)
    closed = {each.round_id: each.applications_received for each in await door.intake.published(ApplicationsClosed)}
    assert closed == {"trinity-2027": 1, SECOND_ROUND: 1}


async def test_a_proposal_is_for_the_first_round(door: FrontDoor) -> None:
    await door.schedule()
    await schedule_second(door)
    await door.register()
    await door.propose()
    assert (await door.intake.http.get("/projects/P0001")).json()["round_id"] == "trinity-2027"


async def test_what_a_second_round_has_from_its_first_changes_with_the_first(door: FrontDoor) -> None:
    await door.schedule()
    await schedule_second(door)
    closes_at = FIRST.submissions_close_at - timedelta(days=1)
    assert (await door.change(submissions_close_at=closes_at)).status_code == 200
    second = (await door.intake.http.get(f"/rounds/{SECOND_ROUND}")).json()
    assert (second["round_version"], second["submissions_close_at"]) == (
        2,
        closes_at.isoformat(),
    )


async def test_a_first_round_cannot_be_moved_into_its_second(door: FrontDoor) -> None:
    await door.schedule()
    await schedule_second(door)
    answer = await door.change(offers_at=SECOND.opens_at)
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["field"] == "offers_at"
    assert len(await door.intake.published(RoundScheduled)) == 2
