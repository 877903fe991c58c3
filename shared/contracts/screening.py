"""The events of screening: the verdict on each revision of a project."""

from typing import Annotated

from pydantic import Field

from shared.contracts.fields import (
    Days,
    FirstDay,
    HostId,
    LastDay,
    Moment,
    Places,
    ProjectId,
    Reason,
    Revision,
    RoundId,
    Title,
    Week,
)
from shared.contracts.message import Event

Comments = Annotated[
    Reason, Field(description="The reviewer's comments to the host.", examples=["Please name a supervisor."])
]


class _OfRevision(Event):
    """A revision of a project."""

    project_id: ProjectId
    revision: Revision
    round_id: RoundId
    host_id: HostId

    @property
    def sequence(self) -> int:
        return self.revision


class ProjectApproved(_OfRevision, about="project"):
    """A project was approved: students may apply for it. The event has what is needed to place students there."""

    title: Title
    places: Places
    week: Week
    days: Days
    starts_on: FirstDay
    ends_on: LastDay


class ProjectReturned(_OfRevision, about="project"):
    """A project was returned: the host is asked to correct it and send it again, with the next revision number."""

    comments: Comments


class ProjectDeclined(_OfRevision, about="project"):
    """A project was declined: it does not fit the programme."""

    comments: Comments


class ReviewOverdue(Event, about="project"):
    """The review of a project has waited too long."""

    project_id: ProjectId
    revision: Revision
    round_id: RoundId
    waiting_since: Annotated[Moment, Field(description="When the revision was submitted.")]
