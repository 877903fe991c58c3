"""What outside systems send, on the exchange `submissions`, under `<system>.<noun>`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.fields import (
    ApplicationId,
    Days,
    DocumentId,
    EmailAddress,
    FirstDay,
    HostId,
    Line,
    Organisation,
    PersonName,
    Places,
    Preference,
    ProjectId,
    Reason,
    Revision,
    StudentId,
    Text,
    Title,
    Week,
)
from shared.contracts.message import PERSONAL, Submission


class HostFacts(BaseModel):
    """An organisation that gives projects, and whom to write to."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    organisation: Organisation
    kind: Annotated[Line, Field(description="What it is, in its own words.", examples=["city council"])]
    legal_status: Annotated[
        Line,
        Field(description="What it is in law.", examples=["commercial", "charity", "statutory", "public"]),
    ]
    sector: Annotated[Line, Field(description="By which students find it.", examples=["Heritage and museums"])]
    size: Annotated[Line, Field(description="How large it is, in its own classes.", examples=["sme", "large"])]
    city: Annotated[Line, Field(description="Where it works from.", examples=["Oxford"])]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2.", examples=["GB"])]
    alumni: Annotated[bool, Field(description="Whether a former student of the university is the contact.")]
    returning: Annotated[bool, Field(description="Whether it hosted in an earlier round.")]
    contact_name: PersonName
    contact_email: EmailAddress


class StudentFacts(BaseModel):
    """A matriculated student."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    name: PersonName
    email: EmailAddress
    level: Annotated[str, Field(description="Level of study.", examples=["UG", "PGT", "PGR"], max_length=20)]
    year: Annotated[int, Field(ge=1, le=12, description="Year of study.", examples=[2])]
    discipline: Annotated[Line, Field(description="What the student reads.", examples=["Mathematics"])]
    division: Annotated[Line, Field(description="The division it belongs to.", examples=["Humanities"])]
    domicile: Annotated[Line, Field(description="Fee status.", examples=["home", "international"])]


class ProjectTemplate(BaseModel):
    """The guided template on which a host describes a project; intake judges whether it is complete."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    title: Title
    category: Annotated[Line, Field(description="The kind of work.", examples=["data collection"])]
    mode: Annotated[Line, Field(description="Where the work is done.", examples=["in person", "remote", "hybrid"])]
    scope: Annotated[
        Text,
        Field(
            description="What the project is and what it is not.",
            examples=["Try a first visitor guide with real users."],
        ),
    ]
    tasks: Annotated[
        list[Line],
        Field(max_length=50, description="What the student will do.", examples=[["Run the sessions"]]),
    ]
    deliverables: Annotated[
        list[Line],
        Field(max_length=50, description="What will exist at the end.", examples=[["A ranked list of problems"]]),
    ]
    strategic_focus: Annotated[
        Text,
        Field(description="Why the work matters to the host.", examples=["Opening our collections to everyone."]),
    ]
    supervision: Annotated[
        Text,
        Field(
            description="Who is there for the student, when and how.",
            examples=["Daily, for fifteen minutes."],
        ),
    ]
    supervisor_name: Annotated[
        str,
        Field(
            max_length=200,
            description="Who supervises the student.",
            examples=["Hana Brown"],
            json_schema_extra=PERSONAL,
        ),
    ]
    skills: Annotated[list[Line], Field(max_length=50, description="Skills sought.", examples=[["statistics"]])]
    attributes: Annotated[
        list[Line], Field(max_length=50, description="Attributes sought.", examples=[["curious", "reliable"]])
    ]
    disciplines: Annotated[
        list[Line], Field(max_length=50, description="Divisions addressed, or `any`.", examples=[["any"]])
    ]
    places: Places
    week: Week
    days: Days
    starts_on: FirstDay


class HostRecord(Submission, HostFacts, about="host", noun="host"):
    """A host and its contact, new or changed; the customer-relations system's."""

    host_id: HostId


class StudentRecord(Submission, StudentFacts, about="student", noun="student"):
    """A student, new or changed; the student-records system's."""

    student_id: StudentId
    visa_weekly_hours: Annotated[
        float | None,
        Field(
            ge=0,
            le=168,
            description="The most hours a week that the student may work; null for no limit.",
            examples=[20.0],
            json_schema_extra=PERSONAL,
        ),
    ] = None


class ProjectProposal(Submission, ProjectTemplate, about="project", noun="project"):
    """A host's proposal, or with a higher revision its correction."""

    project_id: ProjectId
    revision: Revision
    host_id: HostId


class ProjectWithdrawal(Submission, about="project", noun="project-withdrawal"):
    """A host takes its project back."""

    project_id: ProjectId
    reason: Reason = ""


class ApplicationForm(Submission, about="application", noun="application"):
    """A student applies. The CV was sent to `/documents` before and is named here by the id given then."""

    application_id: ApplicationId
    student_id: StudentId
    project_id: ProjectId
    preference: Preference
    statement: Annotated[
        str,
        Field(
            max_length=20_000,
            description="Why this project; at most 300 words.",
            examples=["I enjoy making a messy table tell the truth."],
            json_schema_extra=PERSONAL,
        ),
    ]
    cv: Annotated[DocumentId, Field(description="The document's id, as `/documents` answered it.")]


class ApplicationWithdrawal(Submission, about="application", noun="application-withdrawal"):
    """A student takes an application back, and with it its offer or placement."""

    application_id: ApplicationId
    reason: Reason = ""
