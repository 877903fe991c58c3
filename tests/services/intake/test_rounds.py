from datetime import timedelta

from shared.contracts.intake import ApplicationsClosed, RoundScheduled
from tests.services.intake.front_door import PORTAL, FrontDoor
from tests.support.intake import CLOSES, OPENS, a_calendar


async def test_a_round_is_set_and_published(door: FrontDoor) -> None:
    answer = await door.schedule()

    assert answer.status_code == 201
    assert answer.json()["round_id"] == "trinity-2027"
    (published,) = await door.intake.published(RoundScheduled)
    assert (published.round_id, published.round_version, published.closes_at) == ("trinity-2027", 1, CLOSES)
    assert (await door.intake.http.get("/rounds/trinity-2027")).json() == answer.json()
    assert (await door.intake.http.get("/rounds")).json() == [answer.json()]


async def test_another_round_of_the_same_name_is_refused_and_the_same_one_is_set_once(door: FrontDoor) -> None:
    await door.schedule()
    assert (await door.schedule(closes_at=CLOSES + timedelta(days=1))).status_code == 409
    assert (await door.schedule()).status_code == 201
    assert len(await door.intake.published(RoundScheduled)) == 1


async def test_all_faults_of_a_calendar_are_answered_at_once(door: FrontDoor) -> None:
    answer = await door.schedule(closes_at=OPENS, offers_at=OPENS)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["faults"]] == ["closes_at", "offers_at"]


async def test_a_round_that_nobody_set_is_not_found(door: FrontDoor) -> None:
    assert (await door.intake.http.get("/rounds/trinity-2027")).status_code == 404
    assert (await door.change()).status_code == 404


async def test_only_staff_set_rounds(door: FrontDoor) -> None:
    answer = await door.intake.http.post("/rounds", json=a_calendar().model_dump(mode="json"), headers=PORTAL)
    assert answer.status_code == 403


async def test_a_change_that_changes_nothing_publishes_nothing(door: FrontDoor) -> None:
    await door.schedule()
    assert (await door.change()).json()["round_version"] == 1
    assert len(await door.intake.published(RoundScheduled)) == 1


async def test_applications_close_in_time_and_their_count_is_published(door: FrontDoor) -> None:
    await door.open_applications("S00001", "S00002")
    await door.apply()
    await door.apply(application_id="A000002", student_id="S00002")
    await door.intake.http.post("/applications/A000002/withdrawal", json={})

    await door.intake.step_to(CLOSES - timedelta(seconds=1))
    assert await door.intake.published(ApplicationsClosed) == []
    await door.intake.step_to(CLOSES)

    (closed,) = await door.intake.published(ApplicationsClosed)
    assert (closed.round_id, closed.applications_received, closed.closed_at) == ("trinity-2027", 2, CLOSES)


async def test_a_close_that_is_moved_moves_its_timer(door: FrontDoor) -> None:
    await door.schedule()
    later = CLOSES + timedelta(days=1)
    assert (await door.change(closes_at=later)).json()["round_version"] == 2

    await door.intake.step_to(CLOSES)
    assert await door.intake.published(ApplicationsClosed) == []
    await door.intake.step_to(later)
    assert [closed.closed_at for closed in await door.intake.published(ApplicationsClosed)] == [later]
    assert [event.round_version for event in await door.intake.published(RoundScheduled)] == [1, 2]


async def test_a_close_that_is_moved_there_and_back_is_published_once(door: FrontDoor) -> None:
    await door.schedule()
    await door.change(closes_at=CLOSES + timedelta(days=1))
    await door.change()

    await door.intake.step_to(CLOSES + timedelta(days=2))
    assert len(await door.intake.published(ApplicationsClosed)) == 1


async def test_a_close_that_was_published_is_not_moved(door: FrontDoor) -> None:
    await door.schedule()
    await door.intake.step_to(CLOSES)

    answer = await door.change(closes_at=CLOSES + timedelta(days=1))
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["faults"]] == ["closes_at"]
    assert (await door.change(reply_within_days=5)).status_code == 200
