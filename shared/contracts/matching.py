"""What matching says: rankings, the match, offers and placements.

An application gets at most one offer, and an offer becomes at most one placement: all three go by the
application's id.
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
    Field(description="Who decided; `default`: nobody answered in time."),
]


class RankingReceived(Event, about="project"):
    """A host ordered its applicants; a later ranking takes the place of an earlier one."""

    project_id: ProjectId
    round_id: RoundId
    host_id: HostId
    application_ids: Annotated[
        list[ApplicationId],
        Field(description="Best first; who is absent is not suitable.", examples=[["A000042"]]),
    ]


class MatchMade(Event, about="round"):
    """The round was matched, by students' preferences and hosts' rankings, under the policy that staff chose."""

    round_id: RoundId
    applications: Annotated[int, Field(ge=0, description="Applications that stood.", examples=[480])]
    places: Annotated[int, Field(ge=0, description="Places of approved projects.", examples=[150])]
    offers: Annotated[int, Field(ge=0, description="Offers that went out.", examples=[142])]
    policy: Annotated[
        Literal["stable", "most_places", "first_come"],
        Field(
            description="`stable`: the student-optimal stable match. `most_places`: as many places as can be, then the "
            "students' better choices. `first_come`: applications in the order of receipt.",
            examples=["stable"],
        ),
    ] = "stable"


class ProjectPlaces(BaseModel):
    """How many places of a project are free."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    project_id: ProjectId
    places: Annotated[int, Field(ge=1, description="Places that nobody holds.", examples=[1])]


class PlacesLeft(Event, about="round"):
    """The places that a round leaves to its second: all when that one opens; later a project that has more than before.

    Until the second round's match these places only become more, so of two counts of a project the higher is the newer.
    """

    round_id: Annotated[RoundId, Field(description="The first round, whose projects they are.")]
    projects: Annotated[list[ProjectPlaces], Field(description="Projects with free places; none where all is taken.")]


class _OfApplication(Event):
    """The ids that everything about an application carries."""

    application_id: ApplicationId
    round_id: RoundId
    student_id: StudentId
    project_id: ProjectId
    host_id: HostId


class OfferMade(_OfApplication, about="application"):
    """A place is offered."""

    reply_by: Annotated[
        Moment,
        Field(
            description="An offer that nobody answered by here is declined by default.",
            examples=["2027-05-24T08:00:00Z"],
        ),
    ]


class OfferAccepted(_OfApplication, about="application"):
    """The student took the offer."""


class OfferDeclined(_OfApplication, about="application"):
    """The offer ended without a placement; the application ends with it."""

    by: Actor
    reason: Reason = ""


class ApplicationWaitlisted(_OfApplication, about="application"):
    """The host would take the student, but has no place free yet."""


class ApplicationUnsuccessful(_OfApplication, about="application"):
    """The application ended without an offer."""

    cause: Annotated[
        Literal["not_suitable", "no_place", "placed_elsewhere", "project_withdrawn"],
        Field(description="Why it ended."),
    ]


class _OfPlacement(_OfApplication):
    """A placement and its days."""

    starts_on: FirstDay
    ends_on: LastDay


class PlacementConfirmed(_OfPlacement, about="application"):
    """The student has the place."""


class PlacementCancelled(_OfPlacement, about="application"):
    """The placement will not take place; its place is free again."""

    by: Actor
    reason: Reason = ""


class PlacementCompleted(_OfPlacement, about="application"):
    """The placement's last day is over."""
