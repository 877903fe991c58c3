"""The submissions of outside systems, sent to the exchange `submissions` with the routing key `<system>.<noun>`."""

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
    """An organisation that hosts projects, and its contact."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    organisation: Organisation
    kind: Annotated[Line, Field(description="The kind of organisation, in its own words.", examples=["city council"])]
    legal_status: Annotated[
        Line,
        Field(
            description="The organisation's legal status.", examples=["commercial", "charity", "statutory", "public"]
        ),
    ]
    sector: Annotated[
        Line, Field(description="The sector, by which students search.", examples=["Heritage and museums"])
    ]
    size: Annotated[
        Line, Field(description="The size of the organisation, by its source's own classes.", examples=["sme", "large"])
    ]
    city: Annotated[Line, Field(description="The city where it is based.", examples=["Oxford"])]
    country: Annotated[
        str, Field(pattern=r"^[A-Z]{2}$", description="The country, as an ISO 3166-1 alpha-2 code.", examples=["GB"])
    ]
    alumni: Annotated[bool, Field(description="Whether a former student of the university is the contact.")]
    returning: Annotated[bool, Field(description="Whether it was a host in an earlier round.")]
    contact_name: PersonName
    contact_email: EmailAddress


class StudentFacts(BaseModel):
    """A matriculated student."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    name: PersonName
    email: EmailAddress
    level: Annotated[str, Field(description="Level of study.", examples=["UG", "PGT", "PGR"], max_length=20)]
    year: Annotated[int, Field(ge=1, le=12, description="Year of study.", examples=[2])]
    discipline: Annotated[Line, Field(description="The student's subject.", examples=["Mathematics"])]
    division: Annotated[Line, Field(description="The division to which the subject belongs.", examples=["Humanities"])]
    domicile: Annotated[Line, Field(description="Fee status.", examples=["home", "international"])]


class ProjectTemplate(BaseModel):
    """The guided template on which a host describes a project. Intake checks whether it is complete."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    title: Title
    category: Annotated[Line, Field(description="The kind of work.", examples=["data collection"])]
    mode: Annotated[Line, Field(description="Where the work is done.", examples=["in person", "remote", "hybrid"])]
    scope: Annotated[
        Text,
        Field(
            description="What belongs to the project and what does not.",
            examples=["Try a first visitor guide with real users."],
        ),
    ]
    tasks: Annotated[
        list[Line],
        Field(max_length=50, description="What the student will do.", examples=[["Run the sessions"]]),
    ]
    deliverables: Annotated[
        list[Line],
        Field(
            max_length=50,
            description="The results that will exist at the end.",
            examples=[["A ranked list of problems"]],
        ),
    ]
    strategic_focus: Annotated[
        Text,
        Field(description="Why the work matters to the host.", examples=["Opening our collections to everyone."]),
    ]
    supervision: Annotated[
        Text,
        Field(
            description="Who supervises the student, when and how.",
            examples=["Daily, for fifteen minutes."],
        ),
    ]
    supervisor_name: Annotated[
        str,
        Field(
            max_length=200,
            description="The supervisor's name.",
            examples=["Hana Brown"],
            json_schema_extra=PERSONAL,
        ),
    ]
    skills: Annotated[list[Line], Field(max_length=50, description="The skills sought.", examples=[["statistics"]])]
    attributes: Annotated[
        list[Line], Field(max_length=50, description="The attributes sought.", examples=[["curious", "reliable"]])
    ]
    disciplines: Annotated[
        list[Line],
        Field(max_length=50, description="The divisions whose students are sought, or `any`.", examples=[["any"]]),
    ]
    places: Places
    week: Week
    days: Days
    starts_on: FirstDay


class HostRecord(Submission, HostFacts, about="host", noun="host"):
    """A host and its contact, new or changed, from the customer-relations system."""

    host_id: HostId


class StudentRecord(Submission, StudentFacts, about="student", noun="student"):
    """A student, new or changed, from the student-records system."""

    student_id: StudentId
    visa_weekly_hours: Annotated[
        float | None,
        Field(
            ge=0,
            le=168,
            description="How many hours a week the student may work at most; null for no limit.",
            examples=[20.0],
            json_schema_extra=PERSONAL,
        ),
    ] = None


class ProjectProposal(Submission, ProjectTemplate, about="project", noun="project"):
    """A host's proposal of a project or, with a higher revision number, a correction of it."""

    project_id: ProjectId
    revision: Revision
    host_id: HostId


class ProjectWithdrawal(Submission, about="project", noun="project-withdrawal"):
    """A host withdraws its project."""

    project_id: ProjectId
    reason: Reason = ""


class ApplicationForm(Submission, about="application", noun="application"):
    """A student applies. The CV must be sent to `/documents` first; its id is named here."""

    application_id: ApplicationId
    student_id: StudentId
    project_id: ProjectId
    preference: Preference
    statement: Annotated[
        str,
        Field(
            max_length=20_000,
            description="Why the student chose this project, in at most 300 words.",
            examples=["I enjoy making a messy table tell the truth."],
            json_schema_extra=PERSONAL,
        ),
    ]
    cv: Annotated[DocumentId, Field(description="The id of the CV, as answered by `/documents`.")]


class ApplicationWithdrawal(Submission, about="application", noun="application-withdrawal"):
    """A student withdraws an application, and with it its offer or placement."""

    application_id: ApplicationId
    reason: Reason = ""
