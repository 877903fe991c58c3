"""Pages of a student: applications, offers and placements.

Every change is a POST from a page that says what follows. So a mail scanner that opens all links changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Annotated

from fastapi import Path, Request, Response

from services.matching import store
from services.matching.actions import placements
from services.matching.actions.offers import reply_to_offer
from services.matching.dependencies import PAGES, WorkIs, page_routes
from services.matching.rules import endings
from services.matching.rules.endings import Reply
from services.matching.rules.life import PLACED, STANDS, STUDENT, Application, State
from services.matching.rules.outlook import STEP_TEXTS, Outlook, outlook
from services.matching.rules.people import Host
from services.matching.rules.preparation import student_prepares
from services.matching.rules.projects import ProjectInFull
from services.matching.rules.reasons import faults_in_reason_of_student
from services.matching.rules.rounds import Round
from shared.contracts.faults import Fault
from shared.contracts.fields import ApplicationId
from shared.contracts.rounds import both_rounds
from shared.refusals import NotAllowed, NotFound
from shared.runtime.work import Work
from shared.web import Caller, FormIs, StudentIs, redirect
from shared.workflow import Step

routes = page_routes("/student")

OwnApplication = Annotated[ApplicationId, Path()]


@dataclass(frozen=True)
class Applied:
    """An application as its student sees it. Project, host and round are none until they have arrived here."""

    application: Application
    others: Sequence[Application]
    """The student's other applications, in this round and in the one that shares its places."""

    others_that_stand: Sequence[str]
    """The titles of the projects of those that may still be offered a place."""

    title: str
    project: ProjectInFull | None
    host: Host | None
    round: Round | None
    steps: Sequence[Step[State]]
    outlook: Outlook | None
    has_open_offer: bool

    @property
    def organisation(self) -> str:
        return self.host.organisation if self.host else "the host"

    @property
    def where(self) -> str | None:
        """`Oxford, in person`; `Remote`."""
        template = self.project.template if self.project else None
        if template is None or self.project is None:
            return None
        if self.project.is_remote or self.host is None:
            return template.mode.capitalize()
        return f"{self.host.city}, {template.mode}"

    @property
    def choice(self) -> str:
        """Its place among the student's choices of the round, such as `1 of 3`."""
        of_round = [each for each in self.others if each.round_id == self.application.round_id]
        wishes = sorted([*of_round, self.application], key=lambda each: each.wish)
        return f"{wishes.index(self.application) + 1} of {len(wishes)}"

    @property
    def history(self) -> list[tuple[datetime, str]]:
        """The steps so far: when, and what happened, in words."""
        return [(step.at, STEP_TEXTS[step.transition]) for step in self.steps]

    @property
    def reason_of_end(self) -> str:
        """Why the host or the careers service ended an offer or a placement, in their words."""
        last = self.steps[-1]
        ended = self.application.state in (State.RETRACTED, State.CANCELLED)
        return last.comments if ended and last.by != STUDENT else ""

    @property
    def is_placed(self) -> bool:
        return self.application.state in PLACED

    @property
    def can_be_withdrawn(self) -> bool:
        return self.application.state in STANDS


@routes.get("/applications")
async def show_applications(request: Request, student: StudentIs, work: WorkIs) -> Response:
    """All applications of the student, the newest round first, and what comes next."""
    applied = await _applied(await store.applications.of_student(work.connection, student.id), work)
    by_round = [list(of_round) for _, of_round in groupby(applied, key=lambda each: each.application.round_id)]
    by_round.sort(key=lambda of_round: max(each.application.received_at for each in of_round), reverse=True)
    offers = [each for each in applied if each.has_open_offer]
    return PAGES.answer(request, student, "applied.jinja", rounds=by_round, offers=offers)


@routes.get("/offers/{application_id}")
async def show_offer(application_id: OwnApplication, request: Request, student: StudentIs, work: WorkIs) -> Response:
    """The offer in full, or what became of it."""
    return _show_offer(request, student, await _offered(application_id, student, work))


@routes.get("/offers/{application_id}/accept")
async def ask_to_accept(application_id: OwnApplication, request: Request, student: StudentIs, work: WorkIs) -> Response:
    return _ask(request, student, await _offered(application_id, student, work), Reply.ACCEPT)


@routes.get("/offers/{application_id}/decline")
async def ask_to_decline(
    application_id: OwnApplication, request: Request, student: StudentIs, work: WorkIs
) -> Response:
    return _ask(request, student, await _offered(application_id, student, work), Reply.DECLINE)


@routes.post("/offers/{application_id}/accept")
async def accept_offer(application_id: OwnApplication, request: Request, student: StudentIs, work: WorkIs) -> Response:
    return await _reply(application_id, request, student, work, Reply.ACCEPT)


@routes.post("/offers/{application_id}/decline")
async def decline_offer(application_id: OwnApplication, request: Request, student: StudentIs, work: WorkIs) -> Response:
    return await _reply(application_id, request, student, work, Reply.DECLINE)


@routes.get("/placements/{application_id}")
async def show_placement(
    application_id: OwnApplication, request: Request, student: StudentIs, work: WorkIs
) -> Response:
    """The placement: when, where, with whom, and how to prepare for it."""
    applied = await _placed(application_id, student, work)
    days = applied.application.days
    remote = applied.project.is_remote if applied.project else False
    tasks = student_prepares(days, remote) if days else []
    return PAGES.answer(request, student, "placement.jinja", applied=applied, tasks=tasks)


@routes.get("/placements/{application_id}/cancellation")
async def ask_to_cancel(application_id: OwnApplication, request: Request, student: StudentIs, work: WorkIs) -> Response:
    return _ask_to_cancel(request, student, await _placed(application_id, student, work))


@routes.post("/placements/{application_id}/cancellation")
async def cancel_placement(
    application_id: OwnApplication, form: FormIs, request: Request, student: StudentIs, work: WorkIs
) -> Response:
    """Cancel the placement; its place is offered on. Cancelling again changes nothing."""
    placed = await _placed(application_id, student, work)
    reason = form.text("reason")
    if faults := faults_in_reason_of_student(reason):
        return _ask_to_cancel(request, student, placed, faults=faults, reason=reason)
    try:
        await placements.cancel_placement(application_id, STUDENT, reason, work)
    except NotAllowed:
        return _ask_to_cancel(request, student, await _placed(application_id, student, work), status=409)
    notice = "Your placement is cancelled, and we have told your host."
    return redirect(request, f"/student/placements/{application_id}", notice=notice)


async def _reply(application_id: str, request: Request, student: Caller, work: Work, given: Reply) -> Response:
    """Reply to the offer. The same reply again changes nothing; a reply that comes too late shows what became of it."""
    was_open = (await _offered(application_id, student, work)).has_open_offer
    try:
        await reply_to_offer(application_id, given, work)
    except NotAllowed:
        return _show_offer(request, student, await _offered(application_id, student, work), too_late=given)
    if given is Reply.ACCEPT:
        notice = "The place is yours. Here is how to prepare." if was_open else ""
        return redirect(request, f"/student/placements/{application_id}", notice=notice)
    return redirect(request, "/student/applications", notice="You declined the offer. Thank you for telling us.")


def _show_offer(request: Request, student: Caller, applied: Applied, *, too_late: Reply | None = None) -> Response:
    return PAGES.answer(
        request,
        student,
        "offer.jinja",
        status=409 if too_late else 200,
        applied=applied,
        became=endings.what_became_of_offer(applied.application),
        too_late=too_late,
    )


def _ask(request: Request, student: Caller, applied: Applied, given: Reply) -> Response:
    """The page on which the student confirms a reply; if the offer takes no reply any more, the page that says why."""
    if not applied.has_open_offer:
        return _show_offer(request, student, applied)
    return PAGES.answer(request, student, "reply.jinja", applied=applied, given=given)


def _ask_to_cancel(
    request: Request,
    student: Caller,
    applied: Applied,
    *,
    faults: Sequence[Fault] = (),
    reason: str = "",
    status: int = 200,
) -> Response:
    return PAGES.answer(
        request,
        student,
        "cancellation.jinja",
        status=422 if faults else status,
        applied=applied,
        faults=faults,
        reason=reason,
    )


async def _offered(application_id: str, student: Caller, work: Work) -> Applied:
    """The student's application, with an offer; raises `NotFound`, also for an application of another student."""
    applied = await _own(application_id, student, work)
    if applied.application.offer is None:
        raise NotFound("No place was offered for this application.")
    return applied


async def _placed(application_id: str, student: Caller, work: Work) -> Applied:
    applied = await _own(application_id, student, work)
    if not applied.is_placed:
        raise NotFound("There is no placement for this application.")
    return applied


async def _own(application_id: str, student: Caller, work: Work) -> Applied:
    applied = await _applied(await store.applications.of_student(work.connection, student.id), work)
    for each in applied:
        if each.application.application_id == application_id:
            return each
    raise NotFound("You have no application with this number.")


async def _applied(applications: Sequence[Application], work: Work) -> list[Applied]:
    projects = await store.projects.in_full(work.connection, {each.project_id for each in applications})
    hosts = await store.people.hosts(work.connection, {each.host_id for each in applications})
    rounds = await store.rounds.of_ids(work.connection, {each.round_id for each in applications})
    steps = await store.applications.steps(work.connection, [each.application_id for each in applications])
    return [_as_applied(each, applications, projects, hosts, rounds, steps, work) for each in applications]


def _as_applied(
    application: Application,
    all_: Sequence[Application],
    projects: Mapping[str, ProjectInFull],
    hosts: Mapping[str, Host],
    rounds: Mapping[str, Round],
    steps: Mapping[str, Sequence[Step[State]]],
    work: Work,
) -> Applied:
    of_both = both_rounds(application.round_id)
    others = [each for each in all_ if each.round_id in of_both and each is not application]
    round_ = rounds.get(application.round_id)
    happened = steps[application.application_id]
    return Applied(
        application=application,
        others=others,
        others_that_stand=[_title(each, projects) for each in others if each.state in STANDS],
        title=_title(application, projects),
        project=projects.get(application.project_id),
        host=hosts.get(application.host_id),
        round=round_,
        steps=happened,
        outlook=outlook(application, round_, others, happened[-1], now=work.now) if round_ else None,
        has_open_offer=endings.takes_reply(application, work.now),
    )


def _title(application: Application, projects: Mapping[str, ProjectInFull]) -> str:
    project = projects.get(application.project_id)
    return project.title if project else f"Project {application.project_id}"
