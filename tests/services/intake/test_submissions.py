import json

import pytest

from shared.contracts.intake import HostRegistered, ProjectSubmitted, SubmissionRefused
from shared.contracts.submissions import ApplicationForm, HostRecord, ProjectProposal, StudentRecord
from tests.services.intake.front_door import FrontDoor
from tests.support.intake import OPENS, a_form, a_host_record, a_proposal, a_student_record


async def test_a_submission_sent_twice_counts_once_in_whatever_json_layout(door: FrontDoor) -> None:
    body = a_host_record().to_json()
    await door.submit_raw("customer-relations.host", HostRecord, body)
    await door.submit_raw("customer-relations.host", HostRecord, body)
    await door.submit_raw("customer-relations.host", HostRecord, json.dumps(json.loads(body), indent=2).encode())

    assert await door.intake.published_types() == ["HostRegistered"]


async def test_the_same_id_with_another_content_is_refused_and_the_first_stands(door: FrontDoor) -> None:
    await door.intake.submit("customer-relations", a_host_record(), identifier="evt-1")
    await door.intake.submit("customer-relations", a_host_record(city="Leeds"), identifier="evt-1")

    assert await door.refusals() == {"evt-1": ["event_id"]}
    (published,) = await door.intake.published(HostRegistered)
    assert published.city == a_host_record().city


async def test_two_systems_may_use_the_same_id(door: FrontDoor) -> None:
    await door.intake.submit("customer-relations", a_host_record(), identifier="evt-1")
    await door.intake.submit("student-records", a_student_record(), identifier="evt-1")
    assert await door.refusals() == {}


async def test_a_refused_submission_is_corrected_under_an_id_of_its_own(door: FrontDoor) -> None:
    await door.schedule()
    await door.register()
    refused = await door.propose(places=0)
    await door.intake.submit("customer-relations", a_proposal(), identifier=refused)
    assert [fault.field for event in await door.intake.published(SubmissionRefused) for fault in event.faults] == [
        "places",
        "event_id",
    ]
    await door.propose()
    assert len(await door.intake.published(ProjectSubmitted)) == 1


async def test_a_source_that_is_not_the_sender_is_refused_and_its_id_stays_unused(door: FrontDoor) -> None:
    record = a_student_record()
    await door.submit_raw("careers-portal.student", StudentRecord, record.to_json(), source="student-records")

    (refused,) = await door.intake.published(SubmissionRefused)
    assert (refused.source, refused.kind, [fault.field for fault in refused.faults]) == (
        "careers-portal",
        "student",
        ["source"],
    )
    await door.submit_raw("student-records.student", StudentRecord, a_student_record(year=4).to_json())
    assert (await door.intake.published_types())[-1] == "StudentRegistered"


async def test_a_sender_that_may_not_send_this_kind_is_refused(door: FrontDoor) -> None:
    await door.register("S00001")
    await door.submit_raw("careers-portal.student", StudentRecord, a_student_record(year=4).to_json())

    (refused,) = await door.intake.published(SubmissionRefused)
    assert [fault.field for fault in refused.faults] == ["source"]
    assert refused.student_id is None
    assert (await door.intake.published_types())[-1] == "SubmissionRefused"


async def test_a_malformed_submission_is_refused_with_every_fault_of_contract_and_rules(door: FrontDoor) -> None:
    await door.schedule()
    await door.register()
    content = a_proposal(places=0).model_dump(mode="json") | {"days": "five", "colour": "red"}
    del content["scope"]
    await door.submit_raw("customer-relations.project", ProjectProposal, json.dumps(content).encode())

    (refused,) = await door.intake.published(SubmissionRefused)
    assert (refused.kind, refused.project_id, refused.host_id) == ("project", "P0001", "H0001")
    assert {fault.field for fault in refused.faults} == {"days", "colour", "scope", "places"}
    assert await door.intake.failures() == []


async def test_a_malformed_application_is_checked_by_the_rules_too(door: FrontDoor) -> None:
    await door.open_applications("S00001")
    content = a_form(statement="word " * 301).model_dump(mode="json") | {"cv": ""}
    await door.submit_raw("careers-portal.application", ApplicationForm, json.dumps(content).encode(), time=OPENS)

    (refused,) = await door.intake.published(SubmissionRefused)
    assert {fault.field for fault in refused.faults} == {"cv", "statement"}
    assert (refused.application_id, refused.student_id) == ("A000001", "S00001")


async def test_whatever_fields_are_missing_nothing_else_is_at_fault(door: FrontDoor) -> None:
    await door.open_applications("S00001")
    cv = await door.send_cv()
    for field in ApplicationForm.model_fields:
        body = a_form(cv=cv).model_dump_json(exclude={field}).encode()
        await door.submit_raw("careers-portal.application", ApplicationForm, body, identifier=field, time=OPENS)
    for field in ProjectProposal.model_fields.keys() - ApplicationForm.model_fields.keys():
        body = a_proposal(project_id="P0002").model_dump_json(exclude={field}).encode()
        await door.submit_raw("customer-relations.project", ProjectProposal, body, identifier=field)

    fields = {*ApplicationForm.model_fields, *ProjectProposal.model_fields}
    assert await door.refusals() == {field: [field] for field in fields}


@pytest.mark.parametrize("body", [b"", b"no JSON", b"\xff\xfe\x00", b"[]", b'{"statement": "\xc3"}'])
async def test_a_body_that_cannot_be_read_is_refused_once(door: FrontDoor, body: bytes) -> None:
    await door.submit_raw("careers-portal.application", ApplicationForm, body)
    await door.submit_raw("careers-portal.application", ApplicationForm, body)

    (refused,) = await door.intake.published(SubmissionRefused)
    assert (refused.kind, refused.source, refused.submission_id) == ("application", "careers-portal", "evt-1")


async def test_the_id_of_a_malformed_submission_is_used(door: FrontDoor) -> None:
    await door.submit_raw("customer-relations.host", HostRecord, b"{}")
    await door.submit_raw("customer-relations.host", HostRecord, a_host_record().to_json())

    assert [fault.field for fault in (await door.intake.published(SubmissionRefused))[-1].faults] == ["event_id"]


async def test_a_text_that_the_database_cannot_store_is_refused(door: FrontDoor) -> None:
    event_id = await door.intake.submit("customer-relations", a_host_record(city="Ox\0ford"))
    assert await door.refusals() == {event_id: ["body"]}


async def test_people_are_named_only_where_they_are_known(door: FrontDoor) -> None:
    await door.open_applications("S00001")
    await door.apply(project_id="P9999")
    await door.apply(student_id="S99999")

    known, unknown = await door.intake.published(SubmissionRefused)
    assert (known.student_id, known.project_id) == ("S00001", "P9999")
    assert (unknown.student_id, unknown.project_id) == (None, "P0001")
