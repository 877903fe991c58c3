from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.applications import (
    Applicant,
    Circumstances,
    Known,
    check,
    received,
    seconds_to_look_again,
    words,
)
from services.intake.rules.documents import Document
from services.intake.rules.projects import Project, ProjectState
from shared.contracts.submissions import ApplicationForm
from shared.refusals import Invalid
from tests.support.intake import A_CV, CLOSES, OPENS, a_form, a_round, a_template

SMALLEST = timedelta(microseconds=1)

PROJECT = Project(
    project_id="P0001",
    round_id="trinity-2027",
    host_id="H0001",
    revision=1,
    state=ProjectState.APPROVED,
    template=a_template(days=5),
)
DOCUMENT = Document(document_id=A_CV, source="careers-portal", digest="00", size=558, pages=1)
GIVEN = Circumstances(source="careers-portal", sent_at=OPENS, round_=a_round(), project=PROJECT)
KNOWN = Known(
    applicant=Applicant(visa_weekly_hours=None, applications=0),
    document=DOCUMENT,
    document_own=False,
    document_used_by_another=False,
    id_used=False,
)


def faults(form: ApplicationForm | None = None, **changes: Any) -> dict[str, str]:
    given = {name: changes.pop(name) for name in ("source", "sent_at", "round_", "project") if name in changes}
    try:
        check(form or a_form(), replace(GIVEN, **given), replace(KNOWN, **changes))
    except Invalid as refused:
        return {fault.field: fault.reason for fault in refused.faults}
    return {}


def test_a_valid_application_is_received_in_its_projects_round() -> None:
    application = received(a_form(), check(a_form(), GIVEN, KNOWN), sent_at=OPENS, now=OPENS)
    assert (application.round_id, application.host_id, application.state) == ("trinity-2027", "H0001", "received")


@pytest.mark.parametrize(
    ("sent_at", "fields"),
    [(OPENS - SMALLEST, ["sent_at"]), (OPENS, []), (CLOSES - SMALLEST, []), (CLOSES, ["sent_at"])],
)
def test_the_limits_of_time_are_exact(sent_at: datetime, fields: list[str]) -> None:
    assert list(faults(sent_at=sent_at)) == fields


def test_an_application_after_the_close_is_refused_whatever_time_it_claims() -> None:
    assert list(faults(sent_at=OPENS, round_=a_round(applications_closed_at=CLOSES))) == ["sent_at"]


@pytest.mark.parametrize(
    "state", [ProjectState.UNDER_REVIEW, ProjectState.RETURNED, ProjectState.DECLINED, ProjectState.WITHDRAWN]
)
def test_only_an_approved_project_takes_applications(state: ProjectState) -> None:
    assert list(faults(project=PROJECT.model_copy(update={"state": state}))) == ["project_id"]


def test_an_unknown_project_and_student_are_at_fault() -> None:
    assert list(faults(project=None, applicant=None)) == ["project_id", "student_id"]


@pytest.mark.parametrize(("made", "fields"), [(0, []), (1, []), (2, ["student_id"]), (3, ["student_id"])])
def test_a_student_makes_no_more_applications_than_the_round_allows(made: int, fields: list[str]) -> None:
    assert list(faults(applicant=Applicant(visa_weekly_hours=None, applications=made))) == fields


@pytest.mark.parametrize(("hours", "fields"), [(37.4, ["student_id"]), (37.5, []), (0, ["student_id"]), (None, [])])
def test_a_placement_is_within_the_hours_a_week_that_the_student_may_work(
    hours: float | None, fields: list[str]
) -> None:
    assert list(faults(applicant=Applicant(visa_weekly_hours=hours, applications=0))) == fields


def test_everything_that_is_wrong_with_a_field_is_in_one_fault() -> None:
    found = faults(applicant=Applicant(visa_weekly_hours=20, applications=2))
    assert list(found) == ["student_id"]
    assert "applications" in found["student_id"]
    assert "hours" in found["student_id"]


def test_no_reason_repeats_what_is_personal() -> None:
    statement = "secret " * 301
    found = faults(
        a_form(statement=statement),
        applicant=Applicant(visa_weekly_hours=19.25, applications=2),
        document=None,
    )
    assert list(found) == ["student_id", "statement", "cv"]
    assert not any("secret" in reason or "19" in reason for reason in found.values())


@given(st.lists(st.text("abcé’-", min_size=1), max_size=320), st.sampled_from([" ", "\n", "\t ", "\u00a0"]))
def test_words_are_separated_by_white_space(parts: list[str], space: str) -> None:
    text = space + space.join(parts) + space
    assert words(text) == len(parts)
    assert list(faults(a_form(statement=text))) == (["statement"] if len(parts) > 300 else [])


@pytest.mark.parametrize(("count", "fields"), [(300, []), (301, ["statement"])])
def test_a_statement_has_at_most_300_words(count: int, fields: list[str]) -> None:
    assert list(faults(a_form(statement="word " * count))) == fields


@pytest.mark.parametrize(
    "changes",
    [
        {"document": None},
        {"document": DOCUMENT.model_copy(update={"source": "customer-relations"})},
        {"document": DOCUMENT.model_copy(update={"pages": 2})},
        {"document": DOCUMENT.model_copy(update={"pages": 0})},
        {"document": DOCUMENT.model_copy(update={"pages": None})},
        {"document_used_by_another": True},
    ],
)
def test_a_cv_is_a_pdf_of_one_page_that_the_same_source_sent_and_nobody_else_uses(changes: dict[str, Any]) -> None:
    assert list(faults(**changes)) == ["cv"]


@pytest.mark.parametrize(("source", "fields"), [("pages", []), ("careers-portal", ["cv"])])
def test_only_an_application_from_our_pages_may_have_a_cv_that_is_still_to_be_read(
    source: str, fields: list[str]
) -> None:
    unread = DOCUMENT.model_copy(update={"source": source, "pages": None, "is_read": False})
    assert list(faults(source=source, document=unread, document_own=True)) == fields


def test_the_more_checks_are_before_it_the_later_a_page_asks_again() -> None:
    assert [seconds_to_look_again(before) for before in (0, 19, 100, 10_000)] == [2, 2, 7, 30]


def test_a_fault_does_not_reveal_that_another_system_sent_the_document() -> None:
    anothers = DOCUMENT.model_copy(update={"source": "customer-relations", "pages": 7})
    assert faults(document=anothers) == faults(document=None)


def test_an_application_id_is_used_once() -> None:
    assert list(faults(id_used=True)) == ["application_id"]


def test_all_faults_are_named_at_once() -> None:
    found = faults(
        a_form(statement="word " * 301), sent_at=CLOSES, project=None, applicant=None, document=None, id_used=True
    )
    assert list(found) == ["application_id", "sent_at", "project_id", "student_id", "statement", "cv"]


def test_without_a_round_everything_else_is_still_checked() -> None:
    assert list(faults(round_=None, project=None, document=None)) == ["sent_at", "project_id", "cv"]
