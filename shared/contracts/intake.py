"""The events of intake, the front door."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.faults import Fault
from shared.contracts.fields import (
    ApplicationId,
    DocumentId,
    FirstDay,
    HostId,
    LastDay,
    Line,
    Moment,
    Preference,
    ProjectId,
    Reason,
    Revision,
    RoundId,
    StudentId,
    Version,
    Week,
)
from shared.contracts.message import Event
from shared.contracts.submissions import HostFacts, ProjectTemplate, StudentFacts


class PlacementWeek(BaseModel):
    """A week in which placements may take place, Monday to Friday."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    week: Week
    starts_on: FirstDay
    ends_on: LastDay


class RoundCalendar(BaseModel):
    """A round's dates and limits. What is sent exactly at an opening is in time; exactly at a closing, too late."""

    # Built at once: FastAPI accepts it as a body, and silences warnings about its annotations only while it builds.
    model_config = ConfigDict(frozen=True)

    name: Annotated[Line, Field(min_length=1, description="The round's name.", examples=["Trinity 2027"])]
    submissions_open_at: Annotated[
        Moment, Field(description="Hosts may propose projects from this moment on.", examples=["2027-03-08T09:00:00Z"])
    ]
    submissions_close_at: Annotated[
        Moment,
        Field(description="Hosts may propose projects before this moment.", examples=["2027-04-16T16:00:00Z"]),
    ]
    opens_at: Annotated[
        Moment, Field(description="Students may apply from this moment on.", examples=["2027-04-21T08:00:00Z"])
    ]
    closes_at: Annotated[
        Moment, Field(description="Students may apply before this moment.", examples=["2027-05-10T11:00:00Z"])
    ]
    rankings_due_at: Annotated[
        Moment,
        Field(
            description="Hosts are asked to rank their applicants by this moment.", examples=["2027-05-19T16:00:00Z"]
        ),
    ]
    offers_at: Annotated[
        Moment,
        Field(
            description="The moment at which the match is made and offers are sent.", examples=["2027-05-21T08:00:00Z"]
        ),
    ]
    reply_within_days: Annotated[
        int, Field(ge=1, le=30, description="How many days a student has to reply to an offer.", examples=[3])
    ]
    applications_per_student: Annotated[
        int, Field(ge=1, le=50, description="How many applications a student may make.", examples=[2])
    ]
    weeks: Annotated[
        list[PlacementWeek], Field(min_length=1, description="The weeks in which placements may take place.")
    ]
    follows: Annotated[
        RoundId | None,
        Field(
            description="The first round, if this is a second one; null for a first round. A second round accepts no "
            "proposals, has the weeks of the first, and offers the places that the first has left. Its id is that of "
            "the first with `.2` added.",
            examples=["trinity-2027"],
        ),
    ] = None


class RoundScheduled(Event, RoundCalendar, about="round"):
    """A round was scheduled, or its dates were changed."""

    round_id: RoundId
    round_version: Version

    @property
    def sequence(self) -> int:
        return self.round_version


class HostRegistered(Event, HostFacts, about="host"):
    """A host was registered, or its facts changed."""

    host_id: HostId
    host_version: Version

    @property
    def sequence(self) -> int:
        return self.host_version


class StudentRegistered(Event, StudentFacts, about="student"):
    """A student was registered, or their facts changed. What only intake needs (visa hours) stays at intake."""

    student_id: StudentId
    student_version: Version

    @property
    def sequence(self) -> int:
        return self.student_version


class ProjectSubmitted(Event, ProjectTemplate, about="project"):
    """A proposal, or a correction of it, was accepted by intake and waits for review."""

    project_id: ProjectId
    revision: Revision
    round_id: RoundId
    host_id: HostId

    @property
    def sequence(self) -> int:
        return self.revision


class ProjectWithdrawn(Event, about="project"):
    """A host withdrew its project. All its applications, offers and placements end."""

    project_id: ProjectId
    round_id: RoundId
    host_id: HostId
    reason: Reason = ""


class ApplicationReceived(Event, about="application"):
    """An application was accepted by intake. The statement and the CV stay at intake; the event has the CV's id."""

    application_id: ApplicationId
    round_id: RoundId
    student_id: StudentId
    project_id: ProjectId
    host_id: HostId
    preference: Preference
    cv: Annotated[DocumentId, Field(description="The id of the CV, a document at intake.")]
    received_at: Annotated[Moment, Field(description="When intake accepted it, by the programme's time.")]


class ApplicationWithdrawn(Event, about="application"):
    """A student withdrew an application."""

    application_id: ApplicationId
    round_id: RoundId
    student_id: StudentId
    project_id: ProjectId
    reason: Reason = ""


class SubmissionRefused(Event, about="submission"):
    """A submission broke its contract or a rule, and changed nothing. Every fault is named."""

    submission_id: Annotated[
        str,
        Field(
            description="The id that its sender gave it.",
            examples=["evt-p-2018-00056"],
            max_length=200,
        ),
    ]
    source: Annotated[str, Field(description="The system that sent it.", examples=["careers-portal"])]
    kind: Annotated[
        Literal[
            "host",
            "student",
            "project",
            "project-withdrawal",
            "application",
            "application-withdrawal",
            "unknown",
        ],
        Field(description="The kind of submission."),
    ]
    faults: Annotated[list[Fault], Field(min_length=1, description="All that is wrong, one fault for each field.")]
    refused_at: Annotated[Moment, Field(description="When it was refused, by the programme's time.")]
    host_id: Annotated[HostId | None, Field(description="The id of the host, if the submission names one.")] = None
    student_id: Annotated[
        StudentId | None, Field(description="The id of the student, if the submission names one.")
    ] = None
    project_id: Annotated[
        ProjectId | None, Field(description="The id of the project, if the submission names one.")
    ] = None
    application_id: Annotated[
        ApplicationId | None, Field(description="The id of the application, if the submission names one.")
    ] = None


class ApplicationsClosed(Event, about="round"):
    """Applications of a round closed. The number received lets a subscriber wait until it has all of them."""

    round_id: RoundId
    applications_received: Annotated[
        int, Field(ge=0, description="How many were received, with those withdrawn since.", examples=[496])
    ]
    closed_at: Annotated[Moment, Field(description="When applications closed.", examples=["2027-05-10T11:00:00Z"])]
