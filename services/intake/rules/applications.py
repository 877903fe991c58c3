"""Whether an application is complete, in time and allowed, and the states of an application."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from services.intake.rules.documents import Document, faults_in_cv
from services.intake.rules.projects import Project, ProjectState
from services.intake.rules.rounds import Round, applications_window, faults_in_time, in_words
from services.intake.rules.submissions import Refused
from shared.contracts.fields import ApplicationId, DocumentId, HostId, Moment, Preference, ProjectId, RoundId, StudentId
from shared.contracts.intake import Fault
from shared.contracts.submissions import ApplicationForm
from shared.workflow import Transition

LONGEST_STATEMENT = 300
"""Words, parted by white space."""

HOURS_A_DAY = 7.5
"""A day of a placement, towards the hours a week that a visa allows."""


class ApplicationState(StrEnum):
    RECEIVED = "received"
    WITHDRAWN = "withdrawn"


class Application(BaseModel):
    """An application that passed the door. What becomes of it in the match is not known here."""

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
    """What is known of a student who applies in a round, or in its second."""

    visa_weekly_hours: float | None
    applications: int
    """So many were received in the round, those withdrawn since included."""

    holds_a_place: bool = False
    """Whether they have an offer or a placement in either of the two."""


RECEIVE: Final = Transition("receive", before=(None,), after=ApplicationState.RECEIVED, by="student")
WITHDRAW: Final = Transition(
    "withdraw", before=(ApplicationState.RECEIVED,), after=ApplicationState.WITHDRAWN, by="student"
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of what an application names; `None` for a student or a document that is not known."""

    applicant: Applicant | None
    document: Document | None
    document_used_by_another: bool
    id_used: bool


@dataclass(frozen=True, slots=True)
class Circumstances:
    """From whom and when an application came, and what it is for; `None` for a round or a project that is not known.

    `left` is how many places the project has for a second round; `None` until matching has said it.
    """

    source: str
    sent_at: datetime
    round_: Round | None
    project: Project | None
    left: int | None = None

    @property
    def awaits_what_is_left(self) -> bool:
        return self.round_ is not None and self.round_.follows is not None and self.left is None


def check(form: ApplicationForm, given: Circumstances, known: Known) -> Project:
    """The project that a sound application is for, in the round that takes it; raises `Refused` with every fault."""
    faults = [
        *_faults_in_id(known),
        *_faults_in_time(given),
        *_faults_in_project(given),
        *_faults_in_student(known.applicant, given),
        *_faults_in_statement(form.statement),
        *faults_in_cv(known.document, source=given.source, used_by_another=known.document_used_by_another),
    ]
    if faults or given.project is None or given.round_ is None:
        raise Refused(faults)
    return given.project.model_copy(update={"round_id": given.round_.round_id})


def received(form: ApplicationForm, project: Project, *, sent_at: datetime, now: datetime) -> Application:
    """The application that a sound form makes."""
    return Application(
        application_id=form.application_id,
        round_id=project.round_id,
        student_id=form.student_id,
        project_id=form.project_id,
        host_id=project.host_id,
        preference=form.preference,
        cv=form.cv,
        state=ApplicationState.RECEIVED,
        sent_at=sent_at,
        received_at=now,
    )


def words(text: str) -> int:
    return len(text.split())


def _faults_in_id(known: Known) -> list[Fault]:
    if not known.id_used:
        return []
    return [Fault(field="application_id", reason="An application of this id was received before: use a new id.")]


def _faults_in_time(given: Circumstances) -> list[Fault]:
    if given.round_ is None or given.round_.applications_closed_at is None:
        return faults_in_time(given.round_, given.sent_at, applications_window, "applications")
    # The count of applications has been said: nothing more is taken, whenever it claims to have been sent.
    closed_at = in_words(given.round_.applications_closed_at)
    return [Fault(field="sent_at", reason=f"For {given.round_.name}, applications closed on {closed_at}.")]


def _faults_in_project(given: Circumstances) -> list[Fault]:
    if given.project is None:
        return [Fault(field="project_id", reason="No project of this id is known: choose one that is listed.")]
    if given.project.state is not ProjectState.APPROVED:
        return [Fault(field="project_id", reason="This project takes no applications: choose one that is approved.")]
    if given.awaits_what_is_left:
        reason = "What the first round has left is being worked out: send it again in a few minutes."
        return [Fault(field="project_id", reason=reason)]
    if given.round_ and given.round_.follows and not given.left:
        reason = f"This project has no place left for {given.round_.name}: choose one that is listed."
        return [Fault(field="project_id", reason=reason)]
    return []


def _faults_in_student(applicant: Applicant | None, given: Circumstances) -> list[Fault]:
    if applicant is None:
        return [Fault(field="student_id", reason="No student of this id is known to student records.")]
    faults = []
    if given.round_ and applicant.applications >= given.round_.applications_per_student:
        most = given.round_.applications_per_student
        reason = f"A student may make {most} applications in {given.round_.name}, and these were made."
        faults.append(Fault(field="student_id", reason=reason))
    if applicant.holds_a_place:
        reason = "The student has an offer or a placement in this term, and nobody has two: decline or cancel it first."
        faults.append(Fault(field="student_id", reason=reason))
    hours = given.project.template.days * HOURS_A_DAY if given.project else 0
    if applicant.visa_weekly_hours is not None and hours > applicant.visa_weekly_hours:
        reason = f"The placement's {hours:g} hours are more than the student may work in a week: choose a shorter one."
        faults.append(Fault(field="student_id", reason=reason))
    return faults


def _faults_in_statement(statement: str) -> list[Fault]:
    count = words(statement)
    if count <= LONGEST_STATEMENT:
        return []
    reason = f"The statement has {count} words: shorten it to at most {LONGEST_STATEMENT}."
    return [Fault(field="statement", reason=reason)]
