import json
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.rules.malformed import content_of, ids_in, kind, legible, with_blanks
from shared.contracts.faults import Fault, faults_of
from shared.contracts.message import Submission
from shared.contracts.submissions import ApplicationForm, ProjectProposal
from tests.support.intake import a_form, a_proposal


def broken(submission: type[Submission], content: Any) -> list[Fault]:
    with pytest.raises(ValidationError) as error:
        submission.from_json(json.dumps(content))
    return faults_of(error.value.errors())


@pytest.mark.parametrize(
    ("routing_key", "expected"),
    [
        ("careers-portal.application", "application"),
        ("customer-relations.project-withdrawal", "project-withdrawal"),
        ("careers-portal.letter", "unknown"),
        ("careers-portal", "unknown"),
    ],
)
def test_the_kind_is_the_noun_of_the_routing_key(routing_key: str, expected: str) -> None:
    assert kind(routing_key) == expected


def test_only_valid_ids_are_found() -> None:
    content = {"project_id": "P0001", "student_id": 7, "host_id": "no id", "application_id": "A1", "cv": "x"}
    assert ids_in(content) == {"project_id": "P0001", "application_id": "A1"}
    assert ids_in([content]) == {}


def test_the_name_of_an_unknown_field_is_shown_only_where_it_can_be() -> None:
    shown = Fault(field="cvv", reason="…")
    assert legible(shown) == shown
    assert legible(Fault(field="a\0", reason="…")).field == "body"
    assert legible(Fault(field="a" * 1_000, reason="…")).field == "body"


def test_fields_that_keep_the_contract_can_be_checked_beside_blanks() -> None:
    content = a_proposal().model_dump(mode="json") | {"days": "five", "host_id": "", "starts_on": None, "colour": "red"}
    del content["tasks"]
    readable = with_blanks(ProjectProposal, content, broken(ProjectProposal, content))
    blanks = {"days": 0, "host_id": "", "starts_on": date.min, "tasks": []}
    assert readable == a_proposal().model_copy(update=blanks)


def test_a_list_with_an_item_that_breaks_the_contract_is_blank() -> None:
    content = a_proposal().model_dump(mode="json") | {"tasks": ["ok", 7]}
    readable = with_blanks(ProjectProposal, content, broken(ProjectProposal, content))
    assert readable == a_proposal(tasks=[])


@pytest.mark.parametrize("submission", [ProjectProposal, ApplicationForm])
def test_every_field_of_a_checked_submission_can_be_blank(submission: type[Submission]) -> None:
    assert with_blanks(submission, {}, broken(submission, {})) is not None


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[]", b"7", b"[" * 100_000])
def test_what_is_not_even_an_object_is_not_checked(body: bytes) -> None:
    assert with_blanks(ApplicationForm, content_of(body), [Fault(field="body", reason="…")]) is None


def test_valid_content_is_not_changed() -> None:
    assert with_blanks(ApplicationForm, a_form().model_dump(mode="json"), []) == a_form()
