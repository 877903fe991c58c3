"""The noting probe as its next version will be: its events have a field more, and one is said in a second version.

Declaring the classes puts them in the place of the present ones, for the whole process.
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
    """The classes of the next version, as far as they differ."""

    submitted: type[ProjectSubmitted]
    """The first version still, with the optional field `access`."""
    submitted_2: type[Event]
    """The second version, which the first's readers could not read."""


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
    """It notes of which projects it knows the access, and hears both versions."""
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
