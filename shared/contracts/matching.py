"""The events of matching: rankings, the match, offers and placements.

An application gets at most one offer, and an offer leads to at most one placement. So all three have the id of the
application.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.fields import (
    ApplicationId,
    FirstDay,
    HostId,
    LastDay,
    Moment,
    ProjectId,
    Reason,
    RoundId,
    StudentId,
)
from shared.contracts.message import Event

Actor = Annotated[
    Literal["student", "host", "staff", "default"],
    Field(description="Who decided it; `default` where nobody answered in time."),
]


class RankingReceived(Event, about="project"):
    """A host ranked its applicants. A later ranking replaces an earlier one."""

    project_id: ProjectId
    round_id: RoundId
    host_id: HostId
    application_ids: Annotated[
        list[ApplicationId],
        Field(description="The applications, the best first; those left out are not suitable.", examples=[["A000042"]]),
    ]


class MatchMade(Event, about="round"):
    """A round was matched, by students' preferences and hosts' rankings, with the policy that staff chose."""

    round_id: RoundId
    applications: Annotated[int, Field(ge=0, description="Applications that took part in the match.", examples=[480])]
    places: Annotated[int, Field(ge=0, description="Places of the approved projects.", examples=[150])]
    offers: Annotated[int, Field(ge=0, description="Offers that were made.", examples=[142])]
    policy: Annotated[
        Literal["stable", "most_places", "first_come"],
        Field(
            description="`stable`: the student-optimal stable match. `most_places`: as many places filled as possible, "
            "then the students' higher preferences. `first_come`: applications in the order of their receipt.",
            examples=["stable"],
        ),
    ] = "stable"


class ProjectPlaces(BaseModel):
    """The free places of a project."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    project_id: ProjectId
    places: Annotated[int, Field(ge=1, description="How many places nobody has.", examples=[1])]


class PlacesLeft(Event, about="round"):
    """The free places that a first round leaves to its second round.

    The first such event, when the second round opens, has all projects with free places. Later ones have a project that
    has more free places than before. Until the second round is matched the number of a project only grows, so of two
    numbers the higher is the newer.
    """

    round_id: Annotated[RoundId, Field(description="The id of the first round, to which the projects belong.")]
    projects: Annotated[
        list[ProjectPlaces], Field(description="The projects with free places; empty if there are none.")
    ]


class _OfApplication(Event):
    """The ids that every event about an application has."""

    application_id: ApplicationId
    round_id: RoundId
    student_id: StudentId
    project_id: ProjectId
    host_id: HostId


class OfferMade(_OfApplication, about="application"):
    """A student was offered a place."""

    reply_by: Annotated[
        Moment,
        Field(
            description="An offer that is not answered before this moment is declined by default.",
            examples=["2027-05-24T08:00:00Z"],
        ),
    ]


class OfferAccepted(_OfApplication, about="application"):
    """The student accepted the offer."""


class OfferDeclined(_OfApplication, about="application"):
    """The offer ended without a placement, and the application with it."""

    by: Actor
    reason: Reason = ""


class ApplicationWaitlisted(_OfApplication, about="application"):
    """The host finds the student suitable, but no place is free yet."""


class ApplicationUnsuccessful(_OfApplication, about="application"):
    """The application ended without an offer."""

    cause: Annotated[
        Literal["not_suitable", "no_place", "placed_elsewhere", "project_withdrawn"],
        Field(description="The cause of its end."),
    ]


class _OfPlacement(_OfApplication):
    """A placement and its days."""

    starts_on: FirstDay
    ends_on: LastDay


class PlacementConfirmed(_OfPlacement, about="application"):
    """The student has the place."""


class PlacementCancelled(_OfPlacement, about="application"):
    """The placement will not happen, and its place is free again."""

    by: Actor
    reason: Reason = ""


class PlacementCompleted(_OfPlacement, about="application"):
    """The placement's last day is over."""
