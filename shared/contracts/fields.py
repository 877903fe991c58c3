"""Fields that several messages share, each with its description, unit and example."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.message import PERSONAL, Identifier

HostId = Annotated[
    Identifier, Field(description="The host's id, given by the system that it comes from.", examples=["H0042"])
]
StudentId = Annotated[
    Identifier, Field(description="The student's id, given by the student records.", examples=["S00042"])
]
ProjectId = Annotated[
    Identifier, Field(description="The project's id, the same for all its revisions.", examples=["P0042"])
]
ApplicationId = Annotated[
    Identifier,
    Field(description="The application's id; its offer and its placement have the same id.", examples=["A000042"]),
]
RoundId = Annotated[Identifier, Field(description="The id of the round of placements.", examples=["trinity-2027"])]
Revision = Annotated[
    int,
    Field(
        ge=1,
        le=10_000,
        description="The number of the project's revision; a corrected project has a higher one.",
        examples=[1],
    ),
]
Version = Annotated[
    int, Field(ge=1, description="The version of these facts; of several, the highest is the newest.", examples=[1])
]

Organisation = Annotated[
    str,
    Field(
        min_length=1, max_length=200, description="The organisation's name.", examples=["Brown & Brown City Council"]
    ),
]
PersonName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="A person's name.",
        examples=["Hana Brown"],
        json_schema_extra=PERSONAL,
    ),
]
EmailAddress = Annotated[
    str,
    Field(
        max_length=254,
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        description="The person's e-mail address.",
        examples=["hana.brown@host.example"],
        json_schema_extra=PERSONAL,
    ),
]
Text = Annotated[str, Field(max_length=10_000)]
Line = Annotated[str, Field(max_length=300)]
Reason = Annotated[
    str,
    Field(max_length=2_000, description="The reason, as text for a reader.", examples=["Our plans have changed."]),
]

Title = Annotated[Line, Field(description="The project's title.", examples=["A small tool for river health"])]
Places = Annotated[int, Field(ge=-10_000, le=10_000, description="How many students the project takes.", examples=[2])]
Week = Annotated[
    int, Field(ge=-100, le=100, description="The week of term in which the placement takes place.", examples=[9])
]
Days = Annotated[int, Field(ge=-1_000, le=1_000, description="The placement's length in working days.", examples=[5])]
FirstDay = Annotated[date, Field(description="The placement's first day.", examples=["2027-06-21"])]
LastDay = Annotated[date, Field(description="The placement's last day.", examples=["2027-06-25"])]
Moment = Annotated[AwareDatetime, Field(examples=["2027-05-21T08:00:00Z"])]
"""A moment with its offset from UTC. Each field has a description of its own."""
Preference = Annotated[
    int,
    Field(
        ge=1,
        le=1_000,
        description="The rank that the student gives the application among their own; 1 is the first choice.",
        examples=[1],
    ),
]
DocumentId = Annotated[UUID, Field(examples=["01990a4e-7c00-7000-8000-000000000042"])]
"""The id of a document at intake. Each field has a description of its own."""
