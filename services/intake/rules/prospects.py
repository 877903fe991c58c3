"""What a student sees before they apply: whether they can, how many applications are left, and which days overlap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.intake.rules.applications import (
    LONGEST_STATEMENT,
    STANDING,
    Applicant,
    Application,
    Circumstances,
    Obstacle,
    applications_left,
    hours_of,
    obstacles,
)
from services.intake.rules.documents import NO_CV
from services.intake.rules.projects import Project, last_day
from services.intake.rules.rounds import Round, ends_at
from services.intake.rules.submissions import OUR_PAGES
from shared.contracts.faults import Fault
from shared.contracts.submissions import StudentFacts


@dataclass(frozen=True, slots=True)
class Made:
    """An application that a student has made in a round, with what it is for."""

    application: Application
    title: str
    organisation: str
    starts_on: date
    ends_on: date

    @property
    def stands(self) -> bool:
        return self.application.state in STANDING


@dataclass(frozen=True, slots=True)
class Prospects:
    """A student's prospects with a project: what keeps them from applying, and what to know before."""

    obstacles: tuple[Obstacle, ...]
    left: int
    """Applications that the student may still make in the round."""
    visa_weekly_hours: float | None
    hours: float
    """The hours of the placement, in its week."""
    applied: Made | None
    """The student's application for this project, if there is one in check or received."""
    clashes: tuple[Made, ...]
    """The student's other applications, in check or received, for days that overlap."""
    preferences: tuple[int, ...]
    """The ranks that the student has not yet given to another application."""

    @property
    def may_apply(self) -> bool:
        return not self.obstacles and self.applied is None


def prospects(
    project: Project, round_: Round, left: int | None, applicant: Applicant | None, made: Sequence[Made], now: datetime
) -> Prospects:
    """A student's prospects, by the same rules by which the application will be checked.

    `made` are the student's applications in that round; `left` is how many places the project has for a second round.
    """
    given = Circumstances(source=OUR_PAGES, sent_at=now, round_=round_, project=project, left=left)
    standing = [each for each in made if each.stands]
    others = [each for each in standing if each.application.project_id != project.project_id]
    return Prospects(
        obstacles=tuple(obstacles(given, applicant)),
        left=applications_left(applicant, round_) if applicant else 0,
        visa_weekly_hours=applicant.visa_weekly_hours if applicant else None,
        hours=hours_of(project.template),
        applied=next((each for each in standing if each.application.project_id == project.project_id), None),
        clashes=tuple(each for each in others if _overlap(each, project)),
        preferences=free_preferences(standing, round_),
    )


@dataclass(frozen=True, slots=True)
class Written:
    """What a student has written so far. Because the form has the id, two clicks make one application."""

    application_id: UUID
    preference: int | None
    statement: str
    cv: UUID | None

    def as_form(self, student_id: str, project_id: str) -> dict[str, Any]:
        """The content of an application form, which may break its contract."""
        return {
            "application_id": str(self.application_id),
            "student_id": student_id,
            "project_id": project_id,
            "preference": self.preference,
            "statement": self.statement,
            "cv": None if self.cv is None else str(self.cv),
        }


def free_preferences(standing: Iterable[Made], round_: Round) -> tuple[int, ...]:
    given_away = {each.application.preference for each in standing}
    return tuple(rank for rank in range(1, round_.applications_per_student + 1) if rank not in given_away)


def faults_in_choice(preference: int | None, free: Sequence[int], statement: str, cv: str | None) -> list[Fault]:
    """The faults of what our pages require in addition: an unused rank, a statement and a CV."""
    faults = []
    if preference not in free:
        faults.append(Fault(field="preference", reason="Choose a rank that none of your other applications has."))
    if not statement.strip():
        reason = f"Say in at most {LONGEST_STATEMENT} words why you would like to do this project."
        faults.append(Fault(field="statement", reason=reason))
    if cv is None:
        faults.append(Fault(field="cv", reason=NO_CV))
    return faults


class Access(StrEnum):
    """Whether a host may read an application of one of its projects."""

    NOT_YET = "not_yet"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Reading:
    """An application as the host of its project reads it."""

    application: Application
    statement: str
    student: StudentFacts
    title: str
    round_: Round
    stands: bool
    """Neither it nor its project was withdrawn."""


def access_of_host(reading: Reading, now: datetime) -> Access:
    """Open once applications have closed and until the round's end; over at once if it was withdrawn."""
    if not reading.stands or now >= ends_at(reading.round_):
        return Access.OVER
    closed = reading.round_.applications_closed_at is not None or now >= reading.round_.closes_at
    return Access.OPEN if closed else Access.NOT_YET


def _overlap(made: Made, project: Project) -> bool:
    return made.starts_on <= last_day(project.template) and project.template.starts_on <= made.ends_on
