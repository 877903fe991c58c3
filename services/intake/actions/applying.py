"""A student applies on our pages: what they are told before, and what becomes of what they send."""

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
class Before:
    """What a student has before them when they apply: the project, the round that takes it, and how they stand."""

    project: Listing
    round_: Round
    prospects: Prospects


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of what a student sent: it is taken, unless it is at fault or `before` it there was one already."""

    before: Before
    written: Written
    """With the CV that came with it."""
    faults: list[Fault]


async def before_applying(project_id: str, student_id: str, work: Work, *, at: datetime) -> Before:
    """The project as this student may see it at that moment; raises `NotFound` where they may not."""
    before = await _before(project_id, student_id, work, at=at)
    if before is None:
        raise NotFound(NOT_LISTED)
    return before


async def may_apply(project_id: str, student_id: str, work: Work) -> bool:
    before = await _before(project_id, student_id, work, at=work.now)
    return before is not None and before.prospects.may_apply


async def apply(
    written: Written, file: bytes | None, project_id: str, student_id: str, units: UnitsOfWork, *, sent_at: datetime
) -> Attempt:
    """Take what a student sent, and keep the CV that came with it, even where something else is at fault.

    Where its CV is still to be read the application is kept, to be decided once it is.
    """
    too_large = rules.documents.fault_in_size(file) if file is not None else None
    content = await keep_content(file) if file is not None and too_large is None else None
    if content:
        written = replace(written, cv=new_id())
    async with units.open() as work:
        await work.lock(*subjects(str(written.application_id), student_id, project_id, str(written.cv)))
        before = await before_applying(project_id, student_id, work, at=sent_at)
        if before.prospects.applied:
            return Attempt(before, written, [])
        if content and written.cv:
            await store.documents.add(
                work.connection, written.cv, content, source=OUR_PAGES, at=work.now, student_id=student_id
            )
        if too_large:
            return Attempt(before, written, [Fault(field="cv", reason=too_large)])
        return Attempt(before, written, await _take(written, before, student_id, work, sent_at=sent_at))


async def _before(project_id: str, student_id: str, work: Work, *, at: datetime) -> Before | None:
    project = await store.catalogue.listing(work.connection, project_id)
    if project is None:
        return None
    rounds = rules.second_rounds.own_first(project.round_id, await store.rounds.every(work.connection))
    round_ = rules.second_rounds.judged_by(rounds, at) or rounds[0]
    left = await store.places.left(work.connection, project_id) if round_.follows else None
    applicant = await store.applications.applicant(work.connection, student_id, round_.round_id)
    made = await store.applications.made(work.connection, student_id, round_.round_id)
    prospects = rules.prospects.prospects(project, round_, left, applicant, made, at)
    if not rules.catalogue.may_see(project, rounds[0], at, applied=prospects.applied is not None):
        return None
    return Before(project, round_, prospects)


async def _take(written: Written, before: Before, student_id: str, work: Work, *, sent_at: datetime) -> list[Fault]:
    """Take it; or, taking nothing, every fault in it."""
    content = written.as_form(student_id, before.project.project_id)
    own = rules.prospects.faults_in_choice(
        written.preference, before.prospects.preferences, written.statement, content["cv"]
    )
    identifier = str(written.application_id)
    form, found = await check_page(ApplicationForm, content, identifier, work, sent_at=sent_at)
    faults = rules.malformed.together(own, found)
    if form is None or faults:
        return faults
    cv = await store.documents.find(work.connection, form.cv)
    if cv and cv.is_read:
        await take_page(form, identifier, work, sent_at=sent_at)
    else:
        project = before.project.model_copy(update={"round_id": before.round_.round_id})
        application = rules.applications.in_check(form, project, sent_at=sent_at, now=work.now)
        await store.applications.add(work.connection, application, form.statement)
        work.publish(CheckCV(application_id=form.application_id))
    return []
