"""A student applies on our pages: what they see before they apply, and what happens to the form that they send."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.intake import rules, store
from services.intake.actions.applications import subjects
from services.intake.actions.documents import keep_content
from services.intake.actions.submissions import check_page, take_page
from services.intake.messages import CheckCV
from services.intake.rules.catalogue import Listing
from services.intake.rules.prospects import Prospects, Written
from services.intake.rules.rounds import Round
from services.intake.rules.submissions import OUR_PAGES
from shared.contracts.faults import Fault
from shared.contracts.submissions import ApplicationForm
from shared.identifiers import new_id
from shared.refusals import NotFound
from shared.runtime.work import UnitsOfWork, Work

NOT_LISTED = "No project of this id is listed: look for another in the catalogue."


@dataclass(frozen=True, slots=True)
class ProjectView:
    """A project as one student sees it, with the round that takes applications for it and the student's prospects."""

    project: Listing
    round_: Round
    prospects: Prospects


@dataclass(frozen=True, slots=True)
class Attempt:
    """The outcome of a form that a student sent.

    It was taken unless there are `faults`, or `view` has an earlier application for the project.
    """

    view: ProjectView
    written: Written
    """With the CV that came with it."""
    faults: list[Fault]


async def view_project(project_id: str, student_id: str, work: Work, *, at: datetime) -> ProjectView:
    """The project as this student sees it at that moment; raises `NotFound` if they may not see it."""
    view = await _find_view(project_id, student_id, work, at=at)
    if view is None:
        raise NotFound(NOT_LISTED)
    return view


async def may_apply(project_id: str, student_id: str, work: Work) -> bool:
    view = await _find_view(project_id, student_id, work, at=work.now)
    return view is not None and view.prospects.may_apply


async def apply(
    written: Written, file: bytes | None, project_id: str, student_id: str, units: UnitsOfWork, *, sent_at: datetime
) -> Attempt:
    """Take the form that a student sent.

    The CV that came with it is kept even if something else is at fault. An application whose CV has not been read yet
    is kept, and decided once the CV is read.
    """
    too_large = rules.documents.fault_in_size(file) if file is not None else None
    content = await keep_content(file) if file is not None and too_large is None else None
    if content:
        written = replace(written, cv=new_id())
    async with units.open() as work:
        await work.lock(*subjects(str(written.application_id), student_id, project_id, str(written.cv)))
        view = await view_project(project_id, student_id, work, at=sent_at)
        if view.prospects.applied:
            return Attempt(view, written, [])
        if content and written.cv:
            await store.documents.add(
                work.connection, written.cv, content, source=OUR_PAGES, at=work.now, student_id=student_id
            )
        if too_large:
            return Attempt(view, written, [Fault(field="cv", reason=too_large)])
        return Attempt(view, written, await _take(written, view, student_id, work, sent_at=sent_at))


async def _find_view(project_id: str, student_id: str, work: Work, *, at: datetime) -> ProjectView | None:
    project = await store.catalogue.listing(work.connection, project_id)
    if project is None:
        return None
    rounds = rules.second_rounds.first_and_second(project.round_id, await store.rounds.every(work.connection))
    round_ = rules.second_rounds.round_for_application(rounds, at) or rounds[0]
    left = await store.places.left(work.connection, project_id) if round_.follows else None
    applicant = await store.applications.applicant(work.connection, student_id, round_.round_id)
    made = await store.applications.made(work.connection, student_id, round_.round_id)
    prospects = rules.prospects.prospects(project, round_, left, applicant, made, at)
    if not rules.catalogue.may_see(project, rounds[0], at, applied=prospects.applied is not None):
        return None
    return ProjectView(project, round_, prospects)


async def _take(written: Written, view: ProjectView, student_id: str, work: Work, *, sent_at: datetime) -> list[Fault]:
    """Take the application, unless it has faults; returns all of them."""
    content = written.as_form(student_id, view.project.project_id)
    own = rules.prospects.faults_in_choice(
        written.preference, view.prospects.preferences, written.statement, content["cv"]
    )
    identifier = str(written.application_id)
    form, found = await check_page(ApplicationForm, content, identifier, work, sent_at=sent_at)
    faults = rules.malformed.merge_faults(own, found)
    if form is None or faults:
        return faults
    cv = await store.documents.find(work.connection, form.cv)
    if cv and cv.is_read:
        await take_page(form, identifier, work, sent_at=sent_at)
    else:
        project = view.project.model_copy(update={"round_id": view.round_.round_id})
        application = rules.applications.in_check(form, project, sent_at=sent_at, now=work.now)
        await store.applications.add(work.connection, application, form.statement)
        work.publish(CheckCV(application_id=form.application_id))
    return []
