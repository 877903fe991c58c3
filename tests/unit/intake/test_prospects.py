from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.intake.rules.applications import (
    Applicant,
    Application,
    ApplicationState,
    Circumstances,
    Known,
    check,
)
from services.intake.rules.documents import Document, DocumentInUse, Reader, Use, file_name, may_read
from services.intake.rules.projects import Project, ProjectState
from services.intake.rules.prospects import Access, Made, Reading, access_of_host, faults_in_choice, prospects
from services.intake.rules.rounds import Round
from services.intake.rules.submissions import OUR_PAGES, one_per_field
from shared.contracts.faults import Fault
from shared.contracts.submissions import StudentFacts
from shared.refusals import Invalid
from tests.support.examples import student_registered
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
FREE = Applicant(visa_weekly_hours=None, applications=0)
DOCUMENT = Document(document_id=A_CV, source=OUR_PAGES, digest="00", size=558, pages=1)
SECOND: dict[str, Any] = {"round_id": "trinity-2027.2", "follows": "trinity-2027"}


def made(project_id: str = "P0002", *, starts_on: date = date(2027, 6, 21), preference: int = 1) -> Made:
    application = Application(
        application_id="A000001",
        round_id="trinity-2027",
        student_id="S00001",
        project_id=project_id,
        host_id="H0001",
        preference=preference,
        cv=A_CV,
        state=ApplicationState.RECEIVED,
        sent_at=OPENS,
        received_at=OPENS,
    )
    return Made(application, "Another", "Nobody & Co", starts_on, starts_on + timedelta(days=1))


def taken_back(of: Made) -> Made:
    return replace(of, application=of.application.model_copy(update={"state": ApplicationState.WITHDRAWN}))


@pytest.mark.parametrize("now", [OPENS - SMALLEST, OPENS, CLOSES])
@pytest.mark.parametrize("state", [ProjectState.APPROVED, ProjectState.WITHDRAWN])
@pytest.mark.parametrize(
    "applicant",
    [
        None,
        FREE,
        Applicant(visa_weekly_hours=20, applications=0),
        Applicant(visa_weekly_hours=37.5, applications=1),
        Applicant(visa_weekly_hours=None, applications=2),
        Applicant(visa_weekly_hours=None, applications=0, holds_a_place=True),
    ],
)
@pytest.mark.parametrize(
    ("round_", "left"), [(a_round(), None), (a_round(applications_closed_at=CLOSES), None), (a_round(**SECOND), 0)]
)
def test_the_obstacles_shown_before_applying_are_the_faults_of_the_application(
    now: datetime, state: ProjectState, applicant: Applicant | None, round_: Round, left: int | None
) -> None:
    project = PROJECT.model_copy(update={"state": state})
    shown = prospects(project, round_, left, applicant, [], now)
    known = Known(applicant, DOCUMENT, document_own=True, document_used_by_another=False, id_used=False)
    faults = faults_of_application(Circumstances(OUR_PAGES, now, round_, project, left), known)
    assert faults == one_per_field(obstacle.fault for obstacle in shown.obstacles)
    assert shown.may_apply == (faults == [])


def faults_of_application(given: Circumstances, known: Known) -> list[Fault]:
    try:
        check(a_form(), given, known)
    except Invalid as refused:
        return refused.faults
    return []


def test_visa_hours_are_named_to_the_student_alone() -> None:
    (obstacle,) = prospects(PROJECT, a_round(), None, Applicant(19.25, 0), [], OPENS).obstacles
    assert "19.25" in obstacle.to_student
    assert "19" not in obstacle.fault.reason


def test_what_a_student_has_applied_for_is_not_applied_for_again_unless_it_was_taken_back() -> None:
    assert not prospects(PROJECT, a_round(), None, FREE, [made("P0001")], OPENS).may_apply
    assert prospects(PROJECT, a_round(), None, FREE, [taken_back(made("P0001"))], OPENS).may_apply


@pytest.mark.parametrize(
    ("starts_on", "clash"),
    [
        (date(2027, 6, 19), False),
        (date(2027, 6, 20), True),
        (date(2027, 6, 25), True),
        (date(2027, 6, 26), False),
    ],
)
def test_days_that_overlap_clash(starts_on: date, clash: bool) -> None:
    """The project is from 21 to 25 June; the other one lasts two days."""
    other = made(starts_on=starts_on)
    assert bool(prospects(PROJECT, a_round(), None, FREE, [other], OPENS).clashes) == clash
    assert not prospects(PROJECT, a_round(), None, FREE, [taken_back(other)], OPENS).clashes


def test_a_rank_that_was_given_is_free_again_once_its_application_is_taken_back() -> None:
    assert prospects(PROJECT, a_round(), None, FREE, [made(preference=1)], OPENS).preferences == (2,)
    assert prospects(PROJECT, a_round(), None, FREE, [taken_back(made(preference=1))], OPENS).preferences == (1, 2)


@pytest.mark.parametrize(
    ("preference", "statement", "cv", "fields"),
    [
        (2, "Why.", str(A_CV), []),
        (1, "Why.", str(A_CV), ["preference"]),
        (None, " \n", None, ["preference", "statement", "cv"]),
    ],
)
def test_a_form_needs_a_free_rank_a_statement_and_a_cv(
    preference: int | None, statement: str, cv: str | None, fields: list[str]
) -> None:
    assert [fault.field for fault in faults_in_choice(preference, (2,), statement, cv)] == fields


END = datetime.fromisoformat("2027-06-26T00:00:00+01:00")
USE = Use("S00001", "Elif Sato", "H0001", "Brown & Brown Museum", stands=True, round_ends_at=END)
STUDENT, HOST, STAFF = Reader(student_id="S00001"), Reader(host_id="H0001"), Reader(is_staff=True)


@pytest.mark.parametrize(
    ("reader", "found", "now", "may"),
    [
        (STAFF, [], END, True),
        (STUDENT, [USE], END, True),
        (STUDENT, [replace(USE, stands=False)], END, True),
        (STUDENT, [replace(USE, student_id="S00002")], OPENS, False),
        (Reader(student_id="S00009"), [], END, True),
        (HOST, [USE], END - SMALLEST, True),
        (HOST, [USE], END, False),
        (HOST, [replace(USE, stands=False)], OPENS, False),
        (HOST, [replace(USE, host_id="H0002")], OPENS, False),
        (HOST, [replace(USE, host_id="H0002"), USE], OPENS, True),
        (HOST, [], OPENS, False),
        (Reader(), [USE], OPENS, False),
        (Reader(student_id="H0001"), [USE], OPENS, False),
        (Reader(host_id="S00001"), [USE], OPENS, False),
    ],
)
def test_who_may_read_a_cv(reader: Reader, found: list[Use], now: datetime, may: bool) -> None:
    """It was sent from our pages by S00009."""
    assert may_read(reader, DocumentInUse(DOCUMENT, "S00009", tuple(found)), now) == may


def test_only_a_host_saves_a_cv_under_its_students_name() -> None:
    found = DocumentInUse(DOCUMENT, None, (USE,))
    assert file_name(HOST, found, OPENS) == "Elif Sato – Brown & Brown Museum (CV).pdf"
    assert file_name(STUDENT, found, OPENS) == file_name(STAFF, found, OPENS) == str(A_CV)


@pytest.mark.parametrize(
    ("now", "changes", "access"),
    [
        (CLOSES - SMALLEST, {}, Access.NOT_YET),
        (CLOSES, {}, Access.OPEN),
        (OPENS, {"round_": a_round(applications_closed_at=OPENS)}, Access.OPEN),
        (END - SMALLEST, {}, Access.OPEN),
        (END, {}, Access.OVER),
        (CLOSES, {"stands": False}, Access.OVER),
    ],
)
def test_a_host_reads_applications_between_their_close_and_the_rounds_end(
    now: datetime, changes: dict[str, object], access: Access
) -> None:
    student = StudentFacts(**student_registered().model_dump(include=set(StudentFacts.model_fields)))
    reading = Reading(made().application, "Why.", student, "A tool", a_round(), stands=True)
    assert access_of_host(replace(reading, **changes), now) is access  # type: ignore[arg-type]
