"""The noting probe in its next version: an event of it has one more field, and there is a second version of that event.

Declaring the classes replaces the present ones in the registry of types, for the whole process.
"""

from dataclasses import dataclass, replace

from shared.contracts.directory import SCREENING
from shared.contracts.intake import ProjectSubmitted, ProjectWithdrawn
from shared.contracts.message import Event
from shared.contracts.notifications import LinksRevoked
from shared.runtime import Service, Work
from tests.support.probe import declined, noting_probe

STEP_FREE = "step-free"


@dataclass(frozen=True)
class NextVersion:
    """The event classes of the next version that differ from the present ones."""

    submitted: type[ProjectSubmitted]
    """Still the first version, with the optional field `access`."""
    submitted_2: type[Event]
    """The second version, which readers of the first cannot read."""


def next_version() -> NextVersion:
    first = type(
        "ProjectSubmitted",
        (ProjectSubmitted,),
        {"__module__": __name__, "__annotations__": {"access": str}, "access": ""},
        about="project",
    )
    second = type(
        "ProjectSubmitted",
        (Event,),
        {"__module__": __name__, "__annotations__": {"project_id": str, "hours": int}},
        about="project",
        version=2,
    )
    return NextVersion(first, second)


def next_noting_probe() -> Service:
    """A probe that notes the `access` of projects, and subscribes to both versions."""
    events = next_version()
    present = noting_probe()
    service = Service(
        replace(SCREENING, subscribes_to=(events.submitted, events.submitted_2, ProjectWithdrawn, LinksRevoked))
    )
    service.handlers |= {name: handler for name, handler in present.handlers.items() if name != events.submitted.type}
    service.effects |= present.effects

    async def note(event: Event, work: Work) -> None:
        assert work.cause is not None
        await work.connection.execute(
            "insert into notes (cause, project_id) values ($1, $2)", work.cause.id, getattr(event, "access", "")
        )
        work.publish(declined(event.subject.partition("/")[2]))

    service.subscriber(events.submitted)(note)
    service.subscriber(events.submitted_2)(note)
    return service
