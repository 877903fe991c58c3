"""Pages of a host about its placements: who comes when, what to do before, and who was there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Path, Request, Response

from services.matching import store
from services.matching.actions import attendance
from services.matching.dependencies import PAGES, WorkIs, page_routes
from services.matching.rules.attendance import (
    check_open,
    correctable_until,
    days_that_have_come,
    field_of,
    placement_tag,
    working_days,
)
from services.matching.rules.life import PLACED, Application, Days, State
from services.matching.rules.people import Student
from services.matching.rules.preparation import host_prepares
from services.matching.rules.projects import ProjectInFull
from services.matching.rules.tags import Tag
from shared.contracts.faults import Fault
from shared.contracts.fields import ApplicationId
from shared.refusals import Invalid, NotAllowed, NotFound
from shared.runtime.work import Work
from shared.web import Caller, FormIs, HostIs, Submitted, redirect

routes = page_routes("/host/placements")

OwnPlacement = Annotated[ApplicationId, Path()]


@dataclass(frozen=True)
class Visit:
    """A placement as its host sees it. The student is none until they are known here."""

    placement: Application
    days: Days
    project: ProjectInFull
    student: Student | None
    recorded: store.attendance.Recorded
    now: datetime

    @property
    def name(self) -> str:
        return self.student.name if self.student else self.placement.student_id

    @property
    def tag(self) -> Tag:
        return placement_tag(self.placement.state, self.days, self.now)

    @property
    def days_to_record(self) -> list[date]:
        """The days for which attendance can be recorded now."""
        try:
            days = check_open(self.placement, self.now)
        except NotAllowed:
            return []
        return days_that_have_come(days, self.now)

    @property
    def not_recorded(self) -> list[date]:
        return [day for day in self.days_to_record if day not in self.recorded]


@routes.get("")
async def show_visits(request: Request, host: HostIs, work: WorkIs) -> Response:
    """The host's placements: those to come or in progress, the next one first; then those that are over."""
    visits = await _visits(await store.applications.placed_with(work.connection, host.id), work)
    ahead = [visit for visit in visits if visit.placement.state is State.CONFIRMED]
    behind = [visit for visit in visits if visit.placement.state is not State.CONFIRMED]
    return PAGES.answer(request, host, "visits.jinja", ahead=ahead, behind=behind[::-1])


@routes.get("/{application_id}")
async def show_visit(application_id: OwnPlacement, request: Request, host: HostIs, work: WorkIs) -> Response:
    """One placement: who comes, when, what to do before, and who was there."""
    return _show(request, host, await _visit(application_id, host, work))


@routes.post("/{application_id}/attendance")
async def record_attendance(
    application_id: OwnPlacement, form: FormIs, request: Request, host: HostIs, work: WorkIs
) -> Response:
    """Record who was there; days without an entry in the form stay as they are."""
    visit = await _visit(application_id, host, work)
    try:
        await attendance.record_attendance(application_id, _given_presences(visit.days, form), work)
    except Invalid as refusal:
        return _show(request, host, visit, faults=refusal.faults)
    return redirect(request, f"/host/placements/{application_id}", notice="Thank you: the attendance is recorded.")


def _given_presences(days: Days, form: Submitted) -> dict[date, str]:
    by_day = ((day, form.line(field_of(day))) for day in working_days(days))
    return {day: presence for day, presence in by_day if presence}


async def _visit(application_id: str, host: Caller, work: Work) -> Visit:
    """The host's placement; raises `NotFound`, also for a placement of another host."""
    application = await store.applications.find(work.connection, application_id)
    if application and application.state in PLACED:
        for visit in await _visits([application], work):
            if visit.project.host_id == host.id:
                return visit
    raise NotFound("You have no placement with this number.")


async def _visits(placements: Sequence[Application], work: Work) -> list[Visit]:
    projects = await store.projects.in_full(work.connection, {each.project_id for each in placements})
    students = await store.people.students(work.connection, {each.student_id for each in placements})
    recorded = await store.attendance.of(work.connection, {each.application_id for each in placements})
    return [
        Visit(
            placement=each,
            days=each.days,
            project=projects[each.project_id],
            student=students.get(each.student_id),
            recorded=recorded.get(each.application_id, {}),
            now=work.now,
        )
        for each in placements
        if each.days
    ]


def _show(request: Request, host: Caller, visit: Visit, *, faults: Sequence[Fault] = ()) -> Response:
    return PAGES.answer(
        request,
        host,
        "visit.jinja",
        status=422 if faults else 200,
        visit=visit,
        faults=faults,
        prepares=host_prepares(visit.days, visit.project.is_remote),
        correctable_until=correctable_until(visit.days),
        field_of=field_of,
    )
