"""A service made for the runtime's tests: in screening's place, it does what a test asks of it."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

from shared.contracts.directory import SCREENING
from shared.contracts.intake import ProjectSubmitted, ProjectWithdrawn
from shared.contracts.message import Effect, Timer
from shared.contracts.screening import ProjectDeclined
from shared.runtime import Service, UnitsOfWork, Work

OnProject = Callable[[ProjectSubmitted, Work], Awaitable[None]]


class Reminder(Timer, about="project"):
    """The probe's timer."""

    project_id: str


class Errand(Effect, about="project"):
    """The probe's effect."""

    project_id: str


def declined(project_id: str) -> ProjectDeclined:
    """The event that the probe says of a project."""
    return ProjectDeclined(project_id=project_id, revision=1, round_id="r", host_id="H1", comments="No.")


def submitted(project_id: str = "P1", **changes: Any) -> ProjectSubmitted:
    """An event for the probe to hear."""
    facts: dict[str, Any] = {
        "project_id": project_id,
        "revision": 1,
        "round_id": "trinity-2027",
        "host_id": "H1",
        "title": "A small tool for river health",
        "category": "software development",
        "mode": "remote",
        "scope": "A tool that copies no figures by hand.",
        "tasks": ["Agree the inputs"],
        "deliverables": ["A one-page guide"],
        "strategic_focus": "Rivers.",
        "supervision": "Quinn Adeyemi is on call.",
        "supervisor_name": "Quinn Adeyemi",
        "skills": [],
        "attributes": [],
        "disciplines": ["any"],
        "places": 1,
        "week": 9,
        "days": 5,
        "starts_on": date(2027, 6, 21),
    }
    return ProjectSubmitted(**(facts | changes))


def withdrawn(project_id: str = "P1") -> ProjectWithdrawn:
    return ProjectWithdrawn(project_id=project_id, round_id="trinity-2027", host_id="H1")


def probe(on_project: OnProject, *, changes: Callable[[Any], tuple[str, ...]] | None = None) -> Service:
    """A service that does `on_project`; its timer sets its effect going, and its effect says `ProjectDeclined`."""
    service = Service(SCREENING)
    service.on(ProjectSubmitted, changes=changes)(on_project)

    @service.on(ProjectWithdrawn)
    async def remind(event: ProjectWithdrawn, work: Work) -> None:
        work.publish(Reminder(project_id=event.project_id), at=work.now + timedelta(days=1))

    @service.on(Reminder)
    async def run_errand(timer: Reminder, work: Work) -> None:
        work.publish(Errand(project_id=timer.project_id))

    @service.effect(Errand)
    async def decline(effect: Errand, units: UnitsOfWork) -> None:
        async with units.open() as work:
            work.publish(declined(effect.project_id))

    return service


async def say_declined(event: ProjectSubmitted, work: Work) -> None:
    """The plainest handler: one event in, one event out."""
    work.publish(declined(event.project_id))
