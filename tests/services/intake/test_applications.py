import asyncio
from uuid import UUID, uuid4

from services.intake.rules.applications import LONGEST_STATEMENT
from shared.contracts.intake import ApplicationReceived, ApplicationWithdrawn
from shared.contracts.submissions import ApplicationWithdrawal
from tests.services.intake.front_door import FrontDoor
from tests.support.intake import CLOSES, OPENS, a_pdf, a_proposal, a_student_record


async def test_a_valid_application_is_received(door: FrontDoor) -> None:
    await door.open_applications("S00001")
    cv = await door.send_cv()
    await door.apply(cv=cv)

    (published,) = await door.intake.published(ApplicationReceived)
    assert (published.application_id, published.round_id, published.host_id, published.cv) == (
        "A000001",
        "trinity-2027",
        "H0001",
        cv,
    )
    assert published.received_at == OPENS
    application = (await door.intake.http.get("/applications/A000001")).json()
    assert (application["state"], application["statement"]) == (
        "received",
        "I enjoy making a messy table tell the truth.",
    )
    assert [step["transition"] for step in application["history"]] == ["receive"]


async def test_an_application_at_fault_is_refused_with_all_its_faults_and_nothing_else_happens(
    door: FrontDoor,
) -> None:
    await door.open_applications("S00001")
    event_id = await door.apply(
        project_id="P9999",
        student_id="S99999",
        statement="word " * (LONGEST_STATEMENT + 1),
        cv=await door.send_cv(a_pdf(2)),
        time=CLOSES,
    )

    assert await door.refusals() == {event_id: ["sent_at", "project_id", "student_id", "statement", "cv"]}
    assert (await door.intake.http.get("/applications")).json() == []


async def test_only_what_is_approved_can_be_applied_for(door: FrontDoor) -> None:
    await door.open_applications("S00001")
    await door.propose(project_id="P0002")
    event_id = await door.apply(project_id="P0002")
    assert await door.refusals() == {event_id: ["project_id"]}


async def test_withdrawn_applications_count_within_the_limit_and_refused_ones_do_not(door: FrontDoor) -> None:
    await door.open_applications("S00001")
    cv = await door.send_cv()
    refused = await door.apply(cv=cv, statement="word " * 301)
    await door.apply(cv=cv)
    await door.intake.submit("careers-portal", ApplicationWithdrawal(application_id="A000001"))
    await door.apply(cv=cv, application_id="A000002")
    too_many = await door.apply(cv=cv, application_id="A000003")

    assert await door.refusals() == {refused: ["statement"], too_many: ["student_id"]}


async def test_a_placement_must_be_within_the_hours_that_the_student_may_work(door: FrontDoor) -> None:
    await door.open_applications()
    await door.intake.submit("student-records", a_student_record(visa_weekly_hours=20.0))
    await door.propose(project_id="P0002", days=2)
    await door.approve(a_proposal(project_id="P0002", days=2))

    five_days = await door.apply()
    await door.apply(project_id="P0002")
    assert await door.refusals() == {five_days: ["student_id"]}


async def test_an_application_id_is_used_once(door: FrontDoor) -> None:
    await door.open_applications("S00001", "S00002")
    await door.apply()
    event_id = await door.apply(student_id="S00002")
    assert await door.refusals() == {event_id: ["application_id"]}


async def test_an_application_after_the_close_is_refused_whatever_time_it_claims(door: FrontDoor) -> None:
    await door.open_applications("S00001")
    await door.intake.step_to(CLOSES)
    event_id = await door.apply(time=OPENS)
    assert await door.refusals() == {event_id: ["sent_at"]}


async def test_a_document_is_known_only_to_its_own_source_and_used_by_one_student(door: FrontDoor) -> None:
    await door.open_applications("S00001", "S00002")
    cv = await door.send_cv()
    answer = await door.intake.http.post("/documents?source=customer-relations", files={"file": ("cv.pdf", a_pdf())})

    anothers = await door.apply(cv=UUID(answer.json()["document_id"]))
    unknown = await door.apply(cv=uuid4())
    await door.apply(cv=cv)
    shared = await door.apply(cv=cv, student_id="S00002", application_id="A000002")
    await door.apply(cv=cv, application_id="A000003")

    assert await door.refusals() == {anothers: ["cv"], unknown: ["cv"], shared: ["cv"]}


async def test_an_application_is_taken_back_once(door: FrontDoor) -> None:
    await door.open_applications("S00001")
    await door.apply()
    answer = await door.intake.http.post("/applications/A000001/withdrawal", json={"reason": "Ill."})
    await door.intake.submit("careers-portal", ApplicationWithdrawal(application_id="A000001"))

    assert answer.json()["state"] == "withdrawn"
    (published,) = await door.intake.published(ApplicationWithdrawn)
    assert (published.application_id, published.student_id, published.reason) == ("A000001", "S00001", "Ill.")
    history = (await door.intake.http.get("/applications/A000001")).json()["history"]
    assert [(step["transition"], step["by"]) for step in history] == [("receive", "student"), ("withdraw", "student")]


async def test_what_is_not_known_cannot_be_taken_back(door: FrontDoor) -> None:
    event_id = await door.intake.submit("careers-portal", ApplicationWithdrawal(application_id="A999999"))
    assert await door.refusals() == {event_id: ["application_id"]}
    assert (await door.intake.http.post("/applications/A999999/withdrawal", json={})).status_code == 404


async def test_applications_are_found_by_round_student_and_state(door: FrontDoor) -> None:
    await door.open_applications("S00001", "S00002")
    await door.apply()
    await door.apply(application_id="A000002", student_id="S00002")
    await door.intake.http.post("/applications/A000002/withdrawal", json={})

    async def found(**filters: str) -> list[str]:
        answer = await door.intake.http.get("/applications", params=filters)
        return [application["application_id"] for application in answer.json()]

    assert await found() == ["A000001", "A000002"]
    assert await found(student_id="S00002", round_id="trinity-2027") == ["A000002"]
    assert await found(state="received") == ["A000001"]
    assert await found(round_id="hilary-2027") == []


async def test_applications_at_the_same_moment_stay_within_the_limit(door: FrontDoor) -> None:
    await door.open_applications("S00001")
    cv = await door.send_cv()
    await asyncio.gather(*(door.apply(cv=cv, application_id=f"A00000{number}") for number in range(8)))

    assert len(await door.intake.published(ApplicationReceived)) == 2
    assert sorted((await door.refusals()).values()) == [["student_id"]] * 6
