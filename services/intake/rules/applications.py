"""Whether an application is complete, in time and allowed; and the states of an application."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from services.intake.rules.documents import Document, faults_in_cv
from services.intake.rules.projects import Project, ProjectState
from services.intake.rules.rounds import Round, applications_window, faults_in_time, in_words
from services.intake.rules.submissions import one_per_field
from shared.contracts.faults import Fault
from shared.contracts.fields import ApplicationId, DocumentId, HostId, Moment, Preference, ProjectId, RoundId, StudentId
from shared.contracts.submissions import ApplicationForm, ProjectTemplate
from shared.dates import plural
from shared.refusals import Invalid
from shared.workflow import Transition

LONGEST_STATEMENT = 300
"""Words, separated by white space."""

HOURS_A_DAY = 7.5
"""Hours of a placement day, as they count towards the weekly hours that a visa allows."""


class ApplicationState(StrEnum):
    CHECKING = "checking"
    """Sent from our pages and without a fault so far; its CV is still to be read."""
    RECEIVED = "received"
    REFUSED = "refused"
    """Refused after its CV was read. An application that is refused before that is not kept."""
    WITHDRAWN = "withdrawn"


STANDING: Final = (ApplicationState.CHECKING, ApplicationState.RECEIVED)
"""States in which a student has an application for a project, and so cannot apply for it again."""


class Application(BaseModel):
    """An application and its state at intake. What becomes of it in the match is not known here."""

    model_config = ConfigDict(frozen=True)

    application_id: ApplicationId
    round_id: RoundId
    student_id: StudentId
    project_id: ProjectId
    host_id: HostId
    preference: Preference
    cv: DocumentId
    state: ApplicationState
    sent_at: Moment
    received_at: Moment


@dataclass(frozen=True, slots=True)
class Applicant:
    """What is known of a student who applies in a round or in its second round."""

    visa_weekly_hours: float | None
    applications: int
    """How many they have made in the round; withdrawn ones count, refused ones do not."""

    holds_a_place: bool = False
    """Whether they have an offer or a placement in either of the two."""


RECEIVE: Final = Transition("receive", before=(None,), after=ApplicationState.RECEIVED, by="student")
WITHDRAW: Final = Transition(
    "withdraw", before=(ApplicationState.RECEIVED,), after=ApplicationState.WITHDRAWN, by="student"
)


@dataclass(frozen=True, slots=True)
class Known:
    """What intake knows of the student and the CV that an application names; `None` for an unknown one."""

    applicant: Applicant | None
    document: Document | None
    document_own: bool
    """The student sent it from our pages, or applied with it before."""
    document_used_by_another: bool
    id_used: bool


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who sent an application and when, and what it is for; `None` for an unknown round or project.

    `left` is how many places the project has for a second round; `None` until matching has published it.
    """

    source: str
    sent_at: datetime
    round_: Round | None
    project: Project | None
    left: int | None = None

    @property
    def awaits_places_left(self) -> bool:
        return self.round_ is not None and self.round_.follows is not None and self.left is None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a student cannot apply, whatever they write.

    `fault` is published. `to_student` is shown to the student alone, and may name personal facts.
    """

    fault: Fault
    to_student: str


def hours_of(template: ProjectTemplate) -> float:
    """A placement's hours in its week."""
    return template.days * HOURS_A_DAY


def applications_left(applicant: Applicant, round_: Round) -> int:
    """How many more a student may make in a round."""
    return max(0, round_.applications_per_student - applicant.applications)


def obstacles(given: Circumstances, applicant: Applicant | None) -> list[Obstacle]:
    """Everything that keeps a student from applying, before anything is written.

    Pages show it before the student applies, and `check` applies the same rules to the application.
    """
    return [*_in_time(given), *_at_project(given), *_for_student(applicant, given)]


def check(form: ApplicationForm, given: Circumstances, known: Known) -> Project:
    """The project that a valid application is for, in the round that takes it; raises `Invalid` with every fault."""
    faults = [
        *_faults_in_id(known),
        *(obstacle.fault for obstacle in obstacles(given, known.applicant)),
        *_faults_in_statement(form.statement),
        *faults_in_cv(
            known.document,
            source=given.source,
            own=known.document_own,
            used_by_another=known.document_used_by_another,
        ),
    ]
    if faults or given.project is None or given.round_ is None:
        raise Invalid(one_per_field(faults))
    return given.project.model_copy(update={"round_id": given.round_.round_id})


def received(form: ApplicationForm, project: Project, *, sent_at: datetime, now: datetime) -> Application:
    """A received application, made from a valid form."""
    return _as_sent(form, project, ApplicationState.RECEIVED, sent_at=sent_at, now=now)


def in_check(form: ApplicationForm, project: Project, *, sent_at: datetime, now: datetime) -> Application:
    """An application in check, made from a form without a fault whose CV is still to be read."""
    return _as_sent(form, project, ApplicationState.CHECKING, sent_at=sent_at, now=now)


def seconds_to_look_again(before: int) -> int:
    """How soon a page asks again about a check that has so many before it.

    It grows with the number of those before, since thousands of pages may ask at once.
    """
    return min(2 + before // 20, 30)


def _as_sent(
    form: ApplicationForm, project: Project, state: ApplicationState, *, sent_at: datetime, now: datetime
) -> Application:
    return Application(
        application_id=form.application_id,
        round_id=project.round_id,
        student_id=form.student_id,
        project_id=form.project_id,
        host_id=project.host_id,
        preference=form.preference,
        cv=form.cv,
        state=state,
        sent_at=sent_at,
        received_at=now,
    )


def words(text: str) -> int:
    return len(text.split())


def _faults_in_id(known: Known) -> list[Fault]:
    if not known.id_used:
        return []
    return [Fault(field="application_id", reason="An application of this id was received before: use a new id.")]


def _in_time(given: Circumstances) -> list[Obstacle]:
    if given.round_ is None or given.round_.applications_closed_at is None:
        faults = faults_in_time(given.round_, given.sent_at, applications_window, "applications")
        return [Obstacle(fault, fault.reason) for fault in faults]
    # The count of applications has been published: no more are taken, whatever time they claim to have been sent at.
    closed_at = in_words(given.round_.applications_closed_at)
    reason = f"For {given.round_.name}, applications closed on {closed_at}."
    return [Obstacle(Fault(field="sent_at", reason=reason), reason)]


def _at_project(given: Circumstances) -> list[Obstacle]:
    if given.project is None:
        reason = "No project of this id is known: choose one that is listed."
    elif given.project.state is not ProjectState.APPROVED:
        reason = "This project takes no applications: choose one that is approved."
    elif given.awaits_places_left:
        reason = "The places that the first round has left are being worked out: send it again in a few minutes."
    elif given.round_ and given.round_.follows and not given.left:
        reason = f"This project has no place left for {given.round_.name}: choose one that is listed."
    else:
        return []
    return [Obstacle(Fault(field="project_id", reason=reason), reason)]


def _for_student(applicant: Applicant | None, given: Circumstances) -> list[Obstacle]:
    if applicant is None:
        reason = "No student of this id is known to student records."
        return [
            Obstacle(Fault(field="student_id", reason=reason), "Student records have not sent us your details yet.")
        ]
    found = []
    if given.round_ and applications_left(applicant, given.round_) == 0:
        most = given.round_.applications_per_student
        reason = f"A student may make {most} applications in {given.round_.name}, and these were made."
        made = f"You have made the {plural(most, 'application')} that {given.round_.name} allows"
        to_student = f"{made}; one that you take back counts too."
        found.append(Obstacle(Fault(field="student_id", reason=reason), to_student))
    if applicant.holds_a_place:
        reason = "The student has an offer or a placement in this term, and nobody has two: decline or cancel it first."
        to_student = "You have an offer or a placement in this term, and nobody has two: decline or cancel it first."
        found.append(Obstacle(Fault(field="student_id", reason=reason), to_student))
    hours = hours_of(given.project.template) if given.project else 0
    if applicant.visa_weekly_hours is not None and hours > applicant.visa_weekly_hours:
        reason = f"The placement's {hours:g} hours are more than the student may work in a week: choose a shorter one."
        to_student = (
            f"Your visa lets you work {applicant.visa_weekly_hours:g} hours a week, unpaid work included, and this "
            f"placement takes {hours:g}: choose a shorter one."
        )
        found.append(Obstacle(Fault(field="student_id", reason=reason), to_student))
    return found


def _faults_in_statement(statement: str) -> list[Fault]:
    count = words(statement)
    if count <= LONGEST_STATEMENT:
        return []
    reason = f"The statement has {count} words: shorten it to at most {LONGEST_STATEMENT}."
    return [Fault(field="statement", reason=reason)]
