"""What intake says: the front door's facts."""

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
    """A week that placements may fall in, Monday to Friday."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    week: Week
    starts_on: FirstDay
    ends_on: LastDay


class RoundCalendar(BaseModel):
    """A round's dates and limits. What is sent at an opening is in time; at a closing, too late."""

    # Built at once: FastAPI, which takes it as a body, silences warnings of what it annotates only while it builds.
    model_config = ConfigDict(frozen=True)

    name: Annotated[Line, Field(min_length=1, description="What people call it.", examples=["Trinity 2027"])]
    submissions_open_at: Annotated[
        Moment, Field(description="Hosts may propose projects from here.", examples=["2027-03-08T09:00:00Z"])
    ]
    submissions_close_at: Annotated[
        Moment,
        Field(description="Hosts may propose projects to before here.", examples=["2027-04-16T16:00:00Z"]),
    ]
    opens_at: Annotated[Moment, Field(description="Students may apply from here.", examples=["2027-04-21T08:00:00Z"])]
    closes_at: Annotated[
        Moment, Field(description="Students may apply to before here.", examples=["2027-05-10T11:00:00Z"])
    ]
    rankings_due_at: Annotated[
        Moment,
        Field(description="Hosts are asked for their rankings by here.", examples=["2027-05-19T16:00:00Z"]),
    ]
    offers_at: Annotated[
        Moment, Field(description="The match is made and offers go out.", examples=["2027-05-21T08:00:00Z"])
    ]
    reply_within_days: Annotated[
        int, Field(ge=1, le=30, description="Days a student has to reply to an offer.", examples=[3])
    ]
    applications_per_student: Annotated[
        int, Field(ge=1, le=50, description="Applications a student may make.", examples=[2])
    ]
    weeks: Annotated[list[PlacementWeek], Field(min_length=1, description="The weeks placements may fall in.")]
    follows: Annotated[
        RoundId | None,
        Field(
            description="Of a second round the first: it takes no proposals, has the first one's weeks, and gives away "
            "the places that the first has left. Its id is the first one's and `.2`. Null for a first round.",
            examples=["trinity-2027"],
        ),
    ] = None


class RoundScheduled(Event, RoundCalendar, about="round"):
    """A round was set, or its dates were changed: its timers move."""

    round_id: RoundId
    round_version: Version

    @property
    def sequence(self) -> int:
        return self.round_version


class HostRegistered(Event, HostFacts, about="host"):
    """A host is known, or its facts changed."""

    host_id: HostId
    host_version: Version

    @property
    def sequence(self) -> int:
        return self.host_version


class StudentRegistered(Event, StudentFacts, about="student"):
    """A student is known, or their facts changed. What only the door needs (visa hours) stays there."""

    student_id: StudentId
    student_version: Version

    @property
    def sequence(self) -> int:
        return self.student_version


class ProjectSubmitted(Event, ProjectTemplate, about="project"):
    """A proposal, or a correction of it, passed the door and waits for review."""

    project_id: ProjectId
    revision: Revision
    round_id: RoundId
    host_id: HostId

    @property
    def sequence(self) -> int:
        return self.revision


class ProjectWithdrawn(Event, about="project"):
    """A host took its project back; whatever was applied for, offered or placed there ends."""

    project_id: ProjectId
    round_id: RoundId
    host_id: HostId
    reason: Reason = ""


class ApplicationReceived(Event, about="application"):
    """An application passed the door. Statement and CV stay at intake; the CV is named."""

    application_id: ApplicationId
    round_id: RoundId
    student_id: StudentId
    project_id: ProjectId
    host_id: HostId
    preference: Preference
    cv: Annotated[DocumentId, Field(description="The CV's document at intake.")]
    received_at: Annotated[Moment, Field(description="When the door took it, by the programme's time.")]


class ApplicationWithdrawn(Event, about="application"):
    """A student took an application back."""

    application_id: ApplicationId
    round_id: RoundId
    student_id: StudentId
    project_id: ProjectId
    reason: Reason = ""


class SubmissionRefused(Event, about="submission"):
    """A submission broke its contract or a rule; nothing else happened to it. Every fault is named."""

    submission_id: Annotated[
        str,
        Field(
            description="The id under which its sender sent it.",
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
        Field(description="What it would have been."),
    ]
    faults: Annotated[list[Fault], Field(min_length=1, description="Everything that is wrong, one a field.")]
    refused_at: Annotated[Moment, Field(description="When it was refused, by the programme's time.")]
    host_id: Annotated[HostId | None, Field(description="The host, where one is named.")] = None
    student_id: Annotated[StudentId | None, Field(description="The student, where one is named.")] = None
    project_id: Annotated[ProjectId | None, Field(description="The project, where one is named.")] = None
    application_id: Annotated[ApplicationId | None, Field(description="The application, where one is named.")] = None


class ApplicationsClosed(Event, about="round"):
    """Applications closed. It says how many were received, so that nobody decides on half of them."""

    round_id: RoundId
    applications_received: Annotated[int, Field(ge=0, description="Including those withdrawn since.", examples=[496])]
    closed_at: Annotated[Moment, Field(description="When applications closed.", examples=["2027-05-10T11:00:00Z"])]
