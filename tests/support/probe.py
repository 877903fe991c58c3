"""A service made for the runtime's tests: it takes screening's place, and does what a test asks of it."""

import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from shared.contracts.directory import SCREENING
from shared.contracts.intake import ProjectSubmitted, ProjectWithdrawn
from shared.contracts.message import Effect, Timer
from shared.contracts.notifications import LinksRevoked
from shared.contracts.screening import ProjectDeclined
from shared.runtime import Service, UnitsOfWork, Work
from shared.web.revocations import subscribe_to_revocations

OnProject = Callable[[ProjectSubmitted, Work], Awaitable[None]]


class Reminder(Timer, about="project"):
    """The probe's timer."""

    project_id: str


class Errand(Effect, about="project"):
    """The probe's effect."""

    project_id: str


def declined(project_id: str) -> ProjectDeclined:
    """The event that the probe publishes about a project."""
    return ProjectDeclined(project_id=project_id, revision=1, round_id="r", host_id="H1", comments="No.")


def submitted(project_id: str = "P1", **changes: Any) -> ProjectSubmitted:
    """An event that the probe subscribes to."""
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
    """A service that calls `on_project`; its timer starts its effect, and its effect publishes `ProjectDeclined`."""
    service = Service(replace(SCREENING, subscribes_to=(ProjectSubmitted, ProjectWithdrawn, LinksRevoked)))
    subscribe_to_revocations(service)
    service.subscriber(ProjectSubmitted, changes=changes)(on_project)

    @service.subscriber(ProjectWithdrawn)
    async def remind(event: ProjectWithdrawn, work: Work) -> None:
        work.publish(Reminder(project_id=event.project_id), at=work.now + timedelta(days=1))

    @service.subscriber(Reminder)
    async def run_errand(timer: Reminder, work: Work) -> None:
        work.publish(Errand(project_id=timer.project_id))

    @service.effect(Errand)
    async def decline(effect: Errand, units: UnitsOfWork) -> None:
        async with units.open() as work:
            work.publish(declined(effect.project_id))

    return service


async def publish_declined(event: ProjectSubmitted, work: Work) -> None:
    """The plainest handler: one event in, one event out."""
    work.publish(declined(event.project_id))


DIE = "die"
"""A project with this title, or a withdrawn one with this id, kills the noting probe's process until that is mended."""

MENDED = {"NINTHWEEK_TEST_PROBE": "mended"}
"""The environment of a process in which it is mended."""

NOTES = """
    create table screening.notes (cause text not null, project_id text not null);
    create table screening.errands (cause text primary key);
    grant all on screening.notes, screening.errands to ninthweek_screening;
"""
"""The noting probe's tables, made by the administrator: what it did, as often as it did it."""


def noting_probe() -> Service:
    """A probe that notes each thing it does in a row of its own, and publishes `ProjectDeclined`."""
    service = probe(_note)
    service.effects[Errand.type] = _note_errand
    return service


async def _note(event: ProjectSubmitted, work: Work) -> None:
    _die_of(event.title)
    await _note_effect(work, event.project_id)


async def _note_errand(effect: Errand, units: UnitsOfWork) -> None:
    """An effect may come again: what it recorded shows that it was done."""
    _die_of(effect.project_id)
    async with units.open() as work:
        is_new = await work.connection.fetchval(
            "insert into errands (cause) values ($1) on conflict do nothing returning true", _origin(work)
        )
        if is_new:
            await _note_effect(work, effect.project_id)


def _die_of(text: str) -> None:
    if text == DIE and not MENDED.items() <= os.environ.items():
        os.kill(os.getpid(), signal.SIGKILL)


async def _note_effect(work: Work, project_id: str) -> None:
    await work.connection.execute("insert into notes (cause, project_id) values ($1, $2)", _origin(work), project_id)
    work.publish(declined(project_id))


def _origin(work: Work) -> str:
    """The id of the event with which all this began."""
    assert work.cause is not None
    return work.cause.correlation_id or work.cause.id
